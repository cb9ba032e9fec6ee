"""Takes the branch that draws the person's mask out of a landmark network.

BlazePose gives landmarks, and beside them a mask of the person that nobody here looks at. The
layers that draw it do 2 % of the network's multiplications, but on its largest arrays, and take an
eighth of the heavy model's time and half of the lite one's. What is left gives the same landmarks
to the last bit.

TFLite files are flatbuffers: lists of offsets. The file is changed in place: the list of layers is
shortened, and the mask's place among the outputs is given to another output, since MediaPipe
counts them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from flatbuffers.table import Table
from numpy.typing import NDArray

IntArray = NDArray[np.int32]

# Fields of the tables in TFLite's schema, as offsets in their vtable: 4 + 2 * number of the field.
_MODEL_SUBGRAPHS: Final = 8
_GRAPH_TENSORS: Final = 4
_GRAPH_OUTPUTS: Final = 8
_GRAPH_LAYERS: Final = 10
_LAYER_INPUTS: Final = 6
_LAYER_OUTPUTS: Final = 8
_TENSOR_SHAPE: Final = 4


def without_mask(network: bytes) -> bytes:
    """The same network without the layers that only the mask needs.

    Parameters
    ----------
    network : bytes
        A TFLite file. The mask is the output with four axes and one channel.

    Returns
    -------
    bytes
        As long as before, since weights that are no longer used are left in it; the same bytes if
        the network has no mask.

    Raises
    ------
    ValueError
        It is no TFLite file.
    """
    if network[4:8] != b"TFL3":
        raise ValueError("this is no TFLite file")
    data = bytearray(network)
    graph = _tables(Table(data, _offset(data, 0)), _MODEL_SUBGRAPHS)[0]
    tensors, layers = _tables(graph, _GRAPH_TENSORS), _tables(graph, _GRAPH_LAYERS)
    outputs = _numbers(graph, _GRAPH_OUTPUTS)
    masks = [_is_mask(_numbers(tensors[output], _TENSOR_SHAPE)) for output in outputs]
    if not any(masks) or all(masks):
        return network
    kept = [int(output) for output, mask in zip(outputs, masks, strict=True) if not mask]
    largest = max(kept, key=lambda output: np.prod(_numbers(tensors[output], _TENSOR_SHAPE)))
    _write_outputs(graph, np.where(masks, largest, outputs))
    needed = _needed(layers, kept)
    _write_layers(graph, [layer for number, layer in enumerate(layers) if needed[number]])
    return bytes(data)


def _is_mask(shape: IntArray) -> bool:
    return len(shape) == 4 and shape[-1] == 1


def _needed(layers: list[Table], outputs: list[int]) -> list[bool]:
    """Whether each layer is needed for some of the outputs."""
    maker = {
        int(tensor): number
        for number, layer in enumerate(layers)
        for tensor in _numbers(layer, _LAYER_OUTPUTS)
    }
    needed, waiting = [False] * len(layers), list(outputs)
    while waiting:
        number = maker.get(waiting.pop())
        if number is not None and not needed[number]:
            needed[number] = True
            waiting += [int(tensor) for tensor in _numbers(layers[number], _LAYER_INPUTS)]
    return needed


def _offset(data: bytearray, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _tables(table: Table, field: int) -> list[Table]:
    """The tables of a field that is a list of them."""
    where = table.Offset(field)
    start, count = table.Vector(where), table.VectorLen(where)
    places = range(start, start + 4 * count, 4)
    return [Table(table.Bytes, place + _offset(table.Bytes, place)) for place in places]


def _numbers(table: Table, field: int) -> IntArray:
    """The numbers of a field that is a list of them; none where it is missing."""
    where = table.Offset(field)
    if where == 0:
        return np.empty(0, np.int32)
    count, start = table.VectorLen(where), table.Vector(where)
    return np.frombuffer(bytes(table.Bytes[start : start + 4 * count]), "<i4")


def _write_outputs(graph: Table, outputs: IntArray) -> None:
    start = graph.Vector(graph.Offset(_GRAPH_OUTPUTS))
    graph.Bytes[start : start + 4 * len(outputs)] = outputs.astype("<i4").tobytes()


def _write_layers(graph: Table, layers: list[Table]) -> None:
    """Shorten the list of layers. An offset counts from its own place, so moved ones change."""
    start = graph.Vector(graph.Offset(_GRAPH_LAYERS))
    places = start + 4 * np.arange(len(layers))
    offsets = np.array([layer.Pos for layer in layers]) - places
    graph.Bytes[start : start + 4 * len(layers)] = offsets.astype("<u4").tobytes()
    graph.Bytes[start - 4 : start] = len(layers).to_bytes(4, "little")
