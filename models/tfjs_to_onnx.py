"""Translate a TensorFlow.js graph model into ONNX, as far as NanoDet needs it.

The graph came to TensorFlow.js from an ONNX file, so it turns every tensor from channels-first to
channels-last and back around each convolution. Here each pair of such turns is dropped, the padding
and the bias are put into the convolution they belong to, and what is then unused goes away: the
result reads like the network that was trained.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[Any]
Node = dict[str, Any]

OPSET = 13
IR_VERSION = 8
NHWC_TO_NCHW = (0, 3, 1, 2)
NCHW_TO_NHWC = (0, 2, 3, 1)
HWIO_TO_OIHW = (3, 2, 0, 1)
LOWEST_PAD = -1e30
"""A padding value below this is minus infinity: what a max-pool pads with by itself."""


class OnnxGraph:
    """ONNX nodes in the making, and what is known of the tensors between them."""

    def __init__(self, constants: dict[str, Array]) -> None:
        self.constants = dict(constants)
        self.casts: list[onnx.NodeProto] = []
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[TensorProto] = []
        self.producers: dict[str, onnx.NodeProto] = {}
        self.turns: dict[str, tuple[str, tuple[int, ...]]] = {}
        self.names: dict[str, str] = {}

    def tensor(self, name: str) -> str:
        """The ONNX tensor that stands for a tensor of the source graph."""
        if name in self.constants:
            return self.constant(self.constants[name], name)
        return self.names[name]

    def constant(self, value: Array, hint: str) -> str:
        """Add a constant; float32 that float16 holds exactly is stored so, behind a Cast."""
        name = f"{hint}_{len(self.initializers)}"
        halved = value.astype(np.float16) if value.dtype == np.float32 else value
        if value.dtype != np.float32 or value.size < 64 or not np.array_equal(halved, value):
            self.initializers.append(numpy_helper.from_array(value.copy(order="C"), name))
            return name
        self.initializers.append(numpy_helper.from_array(halved.copy(order="C"), f"{name}_half"))
        self.casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
        return name

    def add(self, op: str, inputs: Iterable[str], *, outputs: int = 1, **attributes: Any) -> str:
        """Add a node and return the name of its first output; more end in ``:1``, ``:2``."""
        first = f"{op}_{len(self.nodes)}"
        names = [first, *(f"{first}:{i}" for i in range(1, outputs))]
        node = helper.make_node(op, list(inputs), names, name=first, **attributes)
        self.nodes.append(node)
        self.producers.update(dict.fromkeys(names, node))
        return first

    def turn(self, tensor: str, order: Iterable[int]) -> str:
        """Transpose, joined with the transpose before it; none if the two undo each other."""
        source, before = self.turns.get(tensor, (tensor, ()))
        joined = tuple(before[axis] for axis in order) if before else tuple(order)
        if joined == tuple(sorted(joined)):
            return source
        turned = self.add("Transpose", [source], perm=joined)
        self.turns[turned] = (source, joined)
        return turned

    def padded_by(self, tensor: str, accepts: Callable[[float], bool]) -> tuple[str, list[int]]:
        """What a spatial Pad was applied to and how wide, else the tensor and zeros."""
        node = self.producers.get(tensor)
        if node is None or node.op_type != "Pad":
            return tensor, [0, 0, 0, 0]
        values = {i.name: numpy_helper.to_array(i) for i in self.initializers}
        pads, value = values[node.input[1]], float(values[node.input[2]])
        if not accepts(value) or pads[[0, 1, 4, 5]].any():
            return tensor, [0, 0, 0, 0]
        return str(node.input[0]), [int(width) for width in pads[[2, 3, 6, 7]]]


# --- the operators -------------------------------------------------------------------------------


def _identity(graph: OnnxGraph, node: Node, inputs: list[str]) -> str:
    return graph.tensor(inputs[0])


def _transpose(graph: OnnxGraph, node: Node, inputs: list[str]) -> str:
    return graph.turn(graph.tensor(inputs[0]), [int(axis) for axis in graph.constants[inputs[1]]])


def _add(graph: OnnxGraph, node: Node, inputs: list[str]) -> str:
    left = graph.tensor(inputs[0])
    convolution = graph.producers.get(graph.turns.get(left, (left, ()))[0])
    bias = graph.constants.get(inputs[1])
    if convolution is not None and convolution.op_type == "Conv" and bias is not None:
        convolution.input.append(graph.constant(bias.reshape(-1), "bias"))
        return left
    return graph.add("Add", [left, graph.tensor(inputs[1])])


def _pad(graph: OnnxGraph, node: Node, inputs: list[str]) -> str:
    widths = graph.constants[inputs[1]].astype(np.int64)
    value = graph.constants[inputs[2]] if len(inputs) > 2 else np.float32(0)
    pads = graph.constant(widths.T.reshape(-1), "pads")
    fill = graph.constant(np.asarray(value, np.float32).reshape(()), "fill")
    return graph.add("Pad", [graph.tensor(inputs[0]), pads, fill])


def _convolution(graph: OnnxGraph, node: Node, inputs: list[str]) -> str:
    picture, pads = graph.padded_by(
        graph.turn(graph.tensor(inputs[0]), NHWC_TO_NCHW), lambda value: value == 0
    )
    weights = graph.constant(graph.constants[inputs[1]].transpose(HWIO_TO_OIHW), "weights")
    strides = _spatial(node, "strides")
    _demand_valid_padding(node)
    result = graph.add("Conv", [picture, weights], strides=strides, pads=pads)
    return graph.turn(result, NCHW_TO_NHWC)


def _max_pool(graph: OnnxGraph, node: Node, inputs: list[str]) -> str:
    picture, pads = graph.padded_by(
        graph.turn(graph.tensor(inputs[0]), NHWC_TO_NCHW), lambda value: value < LOWEST_PAD
    )
    _demand_valid_padding(node)
    sizes = {"kernel_shape": _spatial(node, "ksize"), "strides": _spatial(node, "strides")}
    return graph.turn(graph.add("MaxPool", [picture], pads=pads, **sizes), NCHW_TO_NHWC)


def _resize(graph: OnnxGraph, node: Node, inputs: list[str]) -> str:
    if not node["attr"]["half_pixel_centers"]["b"]:
        raise ValueError(f"{node['name']}: only half_pixel_centers is known")
    picture = graph.turn(graph.tensor(inputs[0]), NHWC_TO_NCHW)
    # The scales are not in the source graph; set_resize_scales() fills them in.
    height, width = (int(n) for n in graph.constants[inputs[1]].reshape(-1))
    scales = graph.constant(np.array([1, 1, height, width], np.float32), "scales")
    result = graph.add(
        "Resize", [picture, "", scales], mode="linear", coordinate_transformation_mode="half_pixel"
    )
    return graph.turn(result, NCHW_TO_NHWC)


def _split(graph: OnnxGraph, node: Node, inputs: list[str]) -> str:
    sizes = graph.constants[inputs[1]].astype(np.int64).reshape(-1)
    axis = int(graph.constants[inputs[2]])
    parts = [graph.tensor(inputs[0]), graph.constant(sizes, "sizes")]
    first = graph.add("Split", parts, outputs=len(sizes), axis=axis)
    for i in range(1, len(sizes)):
        graph.names[f"{node['name']}:{i}"] = f"{first}:{i}"
    return first


def _concat(graph: OnnxGraph, node: Node, inputs: list[str]) -> str:
    parts = [graph.tensor(name) for name in inputs[:-1]]
    return graph.add("Concat", parts, axis=int(graph.constants[inputs[-1]]))


def _reshape(graph: OnnxGraph, node: Node, inputs: list[str]) -> str:
    shape = graph.constants[inputs[1]].astype(np.int64).reshape(-1)
    return graph.add("Reshape", [graph.tensor(inputs[0]), graph.constant(shape, "shape")])


def _sigmoid(graph: OnnxGraph, node: Node, inputs: list[str]) -> str:
    return graph.add("Sigmoid", [graph.tensor(inputs[0])])


def _leaky_relu(graph: OnnxGraph, node: Node, inputs: list[str]) -> str:
    slope = float(node["attr"]["alpha"]["f"])
    return graph.add("LeakyRelu", [graph.tensor(inputs[0])], alpha=slope)


OPERATORS: dict[str, Callable[[OnnxGraph, Node, list[str]], str]] = {
    "Add": _add,
    "ConcatV2": _concat,
    "Conv2D": _convolution,
    "Identity": _identity,
    "LeakyRelu": _leaky_relu,
    "MaxPool": _max_pool,
    "Pad": _pad,
    "PadV2": _pad,
    "Reshape": _reshape,
    "ResizeBilinear": _resize,
    "Sigmoid": _sigmoid,
    "SplitV": _split,
    "Transpose": _transpose,
}


def _spatial(node: Node, attribute: str) -> list[int]:
    _, height, width, _ = (int(n) for n in node["attr"][attribute]["list"]["i"])
    return [height, width]


def _demand_valid_padding(node: Node) -> None:
    for attribute, known in (("padding", "VALID"), ("data_format", "NHWC")):
        if base64.b64decode(node["attr"][attribute]["s"]).decode() != known:
            raise ValueError(f"{node['name']}: only {attribute} {known} is known")


# --- the constants -------------------------------------------------------------------------------


def read_weights(manifest: list[Node], data: bytes) -> dict[str, Array]:
    """The named constants of a weights manifest, float16 widened to float32."""
    weights: dict[str, Array] = {}
    offset = 0
    for entry in (entry for group in manifest for entry in group["weights"]):
        stored = np.dtype(entry.get("quantization", entry)["dtype"])
        count = int(np.prod(entry["shape"], dtype=np.int64))
        values = np.frombuffer(data, stored, count, offset).reshape(entry["shape"])
        offset += values.nbytes
        weights[entry["name"]] = values.astype(entry["dtype"])
    if offset != len(data):
        raise ValueError(f"the manifest names {offset} bytes of weights, the file has {len(data)}")
    return weights


def fold_constants(nodes: list[Node], constants: dict[str, Array]) -> list[Node]:
    """Compute what depends on constants alone; returns the nodes that are left."""
    left = []
    for node in nodes:
        inputs = [constants.get(name) for name in node.get("input", [])]
        if node["op"] in ("Const", "Placeholder"):
            continue
        if not inputs or any(value is None for value in inputs):
            left.append(node)
        elif node["op"] == "AddV2":
            constants[node["name"]] = np.add(*inputs)
        elif node["op"] == "SparseToDense":
            constants[node["name"]] = _dense(*inputs)
        else:
            raise ValueError(f"{node['name']}: {node['op']} of constants is not known")
    return left


def _dense(indices: Any, shape: Any, values: Any, default: Any) -> Array:
    dense = np.full([int(n) for n in np.atleast_1d(shape)], default)
    dense[tuple(np.reshape(indices, (-1, dense.ndim)).T)] = values
    return dense


# --- the whole -----------------------------------------------------------------------------------


def set_resize_scales(model: onnx.ModelProto) -> None:
    """Turn the target sizes that `_resize` left in place of the scales into scales.

    OpenCV reads scales at every opset; the source graph has the target sizes only. The input size
    of each Resize is known once the ones before it are right, so they are done in order.
    """
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in (node for node in model.graph.node if node.op_type == "Resize"):
        inferred = onnx.shape_inference.infer_shapes(model)
        shapes = {
            info.name: [d.dim_value for d in info.type.tensor_type.shape.dim]
            for info in inferred.graph.value_info
        }
        target = numpy_helper.to_array(constants[node.input[2]])
        scales = target / np.array([1, 1, *shapes[node.input[0]][2:]], np.float32)
        constants[node.input[2]].CopyFrom(numpy_helper.from_array(scales, node.input[2]))


def drop_unused(graph: onnx.GraphProto) -> None:
    """Remove nodes and constants that no output depends on."""
    needed = {output.name for output in graph.output}
    kept = []
    for node in reversed(graph.node):
        if needed.intersection(node.output):
            needed.update(node.input)
            kept.append(node)
    constants = [tensor for tensor in graph.initializer if tensor.name in needed]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(reversed(kept))
    graph.initializer.extend(constants)


def _value_info(description: Node) -> onnx.ValueInfoProto:
    shape = [int(d["size"]) for d in description["tensorShape"]["dim"]]
    name = description["name"].removesuffix(":0")
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def convert(description: bytes, weights: bytes, *, name: str) -> bytes:
    """Translate a TensorFlow.js graph model into the bytes of an ONNX model.

    Parameters
    ----------
    description : bytes
        The ``model.json``.
    weights : bytes
        The weights that its manifest describes, in one piece.
    name : str
        Name of the ONNX graph.

    Raises
    ------
    ValueError
        The graph has an operator or a variant of one that is not known here.
    """
    source = json.loads(description)
    constants = read_weights(source["weightsManifest"], weights)
    nodes = fold_constants(source["modelTopology"]["node"], constants)
    graph = OnnxGraph(constants)
    (inputs,) = [_value_info(each) for each in source["signature"]["inputs"].values()]
    graph.names[inputs.name] = inputs.name
    for node in nodes:
        if node["op"] not in OPERATORS:
            raise ValueError(f"{node['name']}: operator {node['op']} is not known")
        names = [each.removesuffix(":0") for each in node["input"] if not each.startswith("^")]
        graph.names[node["name"]] = OPERATORS[node["op"]](graph, node, names)
    outputs = [_value_info(each) for each in source["signature"]["outputs"].values()]
    outputs.sort(key=lambda output: output.name)
    return _serialize(graph, name, inputs, outputs)


def _serialize(
    graph: OnnxGraph, name: str, inputs: onnx.ValueInfoProto, outputs: list[onnx.ValueInfoProto]
) -> bytes:
    last = [
        helper.make_node("Identity", [graph.names[output.name]], [output.name], name=output.name)
        for output in outputs
    ]
    body = helper.make_graph(
        [*graph.casts, *graph.nodes, *last], name, [inputs], outputs, graph.initializers
    )
    model = helper.make_model(
        body, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="kneedrive"
    )
    model.ir_version = IR_VERSION
    drop_unused(model.graph)
    set_resize_scales(model)
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)
