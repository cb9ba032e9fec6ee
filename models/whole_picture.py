"""A pose detector that always says: the person is the whole picture.

MediaPipe's pose landmarker looks for the person with a detector of its own before it reads the
landmarks, which takes a sixth of its time and moves the square that is read from frame to frame.
`kneedrive` follows the athlete itself and cuts a steady square, so it puts this network in the
detector's place. It has the detector's input and outputs; whatever it sees, it gives the same one
detection: upright, in the middle, its square the whole picture.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from mediapipe.tasks.metadata import schema_py_generated as tflite
from numpy.typing import NDArray
from tflite_file import Normalization, packed, with_metadata

INPUT_PX = 224
ANCHOR = 1568 + 392 + 24 * 6
"""The anchor in the middle: behind 28 x 28 x 2 and 14 x 14 x 2, the middle of 7 x 7 x 6."""

SQUARE_PER_REACH = 2.5
"""MediaPipe's square: 1.25 times twice the way from the hips (first point) to the second."""

SURE, UNSURE = 10.0, -100.0

_OPERATORS = {
    "SLICE": (tflite.BuiltinOptions.SliceOptions, tflite.SliceOptionsT),
    "RESHAPE": (tflite.BuiltinOptions.ReshapeOptions, tflite.ReshapeOptionsT),
    "MUL": (tflite.BuiltinOptions.MulOptions, tflite.MulOptionsT),
    "ADD": (tflite.BuiltinOptions.AddOptions, tflite.AddOptionsT),
}


class _Graph:
    """A TFLite model in the making."""

    def __init__(self) -> None:
        self.model, self.graph = tflite.ModelT(), tflite.SubGraphT()
        self.model.version, self.model.subgraphs = 3, [self.graph]
        self.model.buffers, self.model.operatorCodes = [tflite.BufferT()], []
        self.graph.tensors, self.graph.operators = [], []

    def tensor(self, name: str, shape: tuple[int, ...], value: NDArray[Any] | None = None) -> int:
        """Add a tensor, a constant where it has a value; its number."""
        tensor = tflite.TensorT()
        tensor.name, tensor.shape = name, list(shape)
        whole = value is not None and value.dtype == np.int32
        tensor.type = tflite.TensorType.INT32 if whole else tflite.TensorType.FLOAT32
        buffer = tflite.BufferT()
        if value is not None:
            buffer.data = np.frombuffer(value.tobytes(), np.uint8)
        self.model.buffers.append(buffer)
        tensor.buffer = len(self.model.buffers) - 1
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def apply(self, operator: str, inputs: list[int], output: int) -> None:
        """Add an operation."""
        code = tflite.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = getattr(tflite.BuiltinOperator, operator)
        code.version = 1
        self.model.operatorCodes.append(code)
        node = tflite.OperatorT()
        node.opcodeIndex = len(self.model.operatorCodes) - 1
        node.inputs, node.outputs = inputs, [output]
        node.builtinOptionsType, options = _OPERATORS[operator]
        node.builtinOptions = options()
        if operator == "RESHAPE":
            node.builtinOptions.newShape = [1, 1, 1]
        self.graph.operators.append(node)


def _outputs(detector: bytes) -> list[tuple[str, tuple[int, ...]]]:
    """Names and shapes of what the detector gives: boxes and scores of all anchors."""
    model = tflite.ModelT.InitFromObj(tflite.Model.GetRootAsModel(bytearray(detector), 0))
    graph = model.subgraphs[0]
    tensors = [graph.tensors[i] for i in graph.outputs]
    return [(tensor.name.decode(), tuple(tensor.shape)) for tensor in tensors]


def _detection(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """What one output always is: boxes (..., 12) or scores (..., 1)."""
    if shape[-1] == 1:
        scores = np.full(shape, UNSURE, np.float32)
        scores[0, ANCHOR] = SURE
        return scores
    boxes = np.zeros(shape, np.float32)
    boxes[0, ANCHOR, 2:4] = INPUT_PX / 2
    # points are pairs behind the box; the first lies in the middle, the second straight above
    boxes[0, ANCHOR, 7] = -INPUT_PX / SQUARE_PER_REACH
    return boxes


def build(detector: bytes) -> bytes:
    """The network, with the names and shapes of the detector whose place it takes.

    A TFLite graph must use its input, so one pixel of it is multiplied by 0 and added.
    """
    made = _Graph()
    picture = made.tensor("input_1", (1, INPUT_PX, INPUT_PX, 3))
    corner, flat = made.tensor("corner", (1, 1, 1, 1)), made.tensor("flat", (1, 1, 1))
    nothing = made.tensor("nothing", (1, 1, 1))
    begin = made.tensor("begin", (4,), np.zeros(4, np.int32))
    size = made.tensor("size", (4,), np.ones(4, np.int32))
    shape = made.tensor("shape", (3,), np.ones(3, np.int32))
    zero = made.tensor("zero", (1, 1, 1), np.zeros((1, 1, 1), np.float32))
    made.apply("SLICE", [picture, begin, size], corner)
    made.apply("RESHAPE", [corner, shape], flat)
    made.apply("MUL", [flat, zero], nothing)
    made.graph.inputs, made.graph.outputs = [picture], []
    for name, full in _outputs(detector):
        constant = made.tensor(f"{name}_constant", full, _detection(full))
        output = made.tensor(name, full)
        made.apply("ADD", [constant, nothing], output)
        made.graph.outputs.append(output)
    scaling = Normalization(mean=127.5, std=127.5)
    return with_metadata(packed(made.model), "whole picture", scaling)
