"""TFLite files with the metadata that MediaPipe's tasks ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flatbuffers
import numpy as np
from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata_schema
from mediapipe.tasks.metadata import schema_py_generated as tflite_schema

ALIGNMENT = 16
"""TFLite uses weights in place if they start at a multiple of this, else it copies them."""


@dataclass(frozen=True)
class Normalization:
    """How a network wants its picture: ``(pixel - mean) / std``, pixels 0 to 255."""

    mean: float
    std: float


class AlignedBuilder(flatbuffers.Builder):  # type: ignore[misc]
    """A flatbuffer builder that aligns vectors of bytes, which is where the weights are."""

    def StartVector(self, size: int, count: int, alignment: int) -> Any:  # noqa: N802
        """Begin a vector of ``count`` elements of ``size`` bytes."""
        return super().StartVector(size, count, ALIGNMENT if size == 1 else alignment)


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
    buffer.data = np.frombuffer(model_metadata(name, scaling, outputs), np.uint8)
    model.buffers.append(buffer)
    entry = tflite_schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers) - 1
    model.metadata = [*(model.metadata or []), entry]
    return packed(model)


def packed(model: Any) -> bytes:
    """The bytes of a TFLite model."""
    builder = AlignedBuilder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
