"""Writes control-flow/*.onnx and control-flow.json with the onnx Python package and onnxruntime: `python3 make-control-flow.py`.

Each case of the JSON file names its model, feeds it, and has the outputs of ONNX Runtime without optimisations.
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import parser

here = pathlib.Path(__file__).parent
header = '<ir_version: 8, opset_import: ["" : %d]>\n'

models = {
    # Captures of captures: x and scale reach the innermost branch through a loop and two conditionals; limit is a constant.
    "nested": (16, """
main (float[N] x, float scale, int64 steps) => (float[N] y, float[M, N] history)
<float limit = {10.0}>
{
  yes = Constant <value = bool {1}> ()
  y, history = Loop (steps, yes, x) <body = step (int64 i, bool going, float[N] state) => (bool next, float[N] result, float[N] shown) {
    next = Identity (going)
    sum = ReduceSum <keepdims = 0> (state)
    isLarge = Greater (sum, limit)
    result = If (isLarge) <
      then_branch = large () => (float[N] small) {
        isScaled = Greater (scale, limit)
        small = If (isScaled) <
          then_branch = deep () => (float[N] a) { t = Mul (state, scale)  a = Sub (t, x) },
          else_branch = flat () => (float[N] b) { b = Sub (state, x) }
        >
      },
      else_branch = small () => (float[N] more) { more = Add (state, scale) }
    >
    shown = Mul (result, scale)
  }>
}"""),
    # The carried value grows along its first axis, its number of axes stays.
    "growing": (16, """
main (float[1, N] start, int64 steps) => (float[M, N] list, float[S] sums)
{
  list, sums = Loop (steps, , start) <body = step (int64 i, bool going, float[K, N] state) => (bool next, float[L, N] longer, float sum) {
    next = Constant <value = bool {1}> ()
    doubled = Add (state, state)
    longer = Concat <axis = 0> (state, doubled)
    sum = ReduceSum <keepdims = 0> (longer)
  }>
}"""),
    # The carried value gains an axis a step.
    "deepening": (16, """
main (float[N] start, int64 steps) => (float deep)
{
  deep = Loop (steps, , start) <body = step (int64 i, bool going, float state) => (bool next, float wrapped) {
    next = Constant <value = bool {1}> ()
    first = Constant <value = int64[1] {0}> ()
    wrapped = Unsqueeze (state, first)
  }>
}"""),
    # Ends by its condition; the number of the step is a vector of one element, as old exporters have it.
    "while": (11, """
main (float x, bool[1] begin) => (float y, float[M] seen)
<float limit = {100.0}>
{
  y, seen = Loop (, begin, x) <body = step (int64[1] i, bool[1] going, float state) => (bool next, float result, float shown) {
    step = Cast <to = 1> (i)
    doubled = Add (state, state)
    sum = Add (doubled, step)
    result = Squeeze <axes = [0]> (sum)
    next = Less (result, limit)
    shown = Identity (state)
  }>
}"""),
    # Scan outputs of a loop that may not take a step: their shape then follows from the type.
    "steps": (13, """
main (float[2, 3] x, int64 steps) => (float[2, 3] last, float[S, 3] rows)
{
  last, rows = Loop (steps, , x) <body = step (int64 i, bool going, float[2, 3] state) => (bool next, float[2, 3] result, float[3] row) {
    next = Constant <value = bool {1}> ()
    one = Constant <value = float {1.0}> ()
    result = Add (state, one)
    axes = Constant <value = int64[1] {0}> ()
    row = ReduceSum <keepdims = 0> (result, axes)
  }>
}"""),
    # A sequence is carried; the items differ in shape.
    "sequence": (13, """
main (float[N] x, int64 steps) => (seq(float[K]) parts, int64 count)
{
  empty = SequenceEmpty ()
  parts = Loop (steps, , empty) <body = step (int64 i, bool going, seq(float[K]) list) => (bool next, seq(float[K]) longer) {
    next = Constant <value = bool {1}> ()
    zero = Constant <value = int64[1] {0}> ()
    end = Unsqueeze (i, zero)
    part = Slice (x, zero, end)
    longer = SequenceInsert (list, part)
  }>
  count = SequenceLength (parts)
}"""),
    # Axes and directions of a scan, with a state.
    "scan": (16, """
main (float[B] start, float[B, T] x, float[T, 2] w) => (float[B] last, float[B, T] sums, float[T, 2] ways)
{
  last, sums, ways = Scan <num_scan_inputs = 2, scan_input_axes = [1, 0], scan_input_directions = [1, 0], scan_output_axes = [1, 0], scan_output_directions = [1, 0],
    body = step (float[B] state, float[B] column, float[2] pair) => (float[B] next, float[B] sum, float[2] way) {
      weight = ReduceSum <keepdims = 0> (pair)
      scaled = Mul (column, weight)
      next = Add (state, scaled)
      sum = Identity (next)
      way = Add (pair, weight)
    }> (start, x, w)
}"""),
    # Scan as it was before opset 9: a batch axis in front of everything, and sequences of different lengths.
    "scan-8": (8, """
main (int64[B] lengths, float[B, 2] start, float[B, T, 2] x) => (float[B, 2] last, float[B, T, 2] sums)
{
  last, sums = Scan <num_scan_inputs = 1, body = step (float[2] state, float[2] row) => (float[2] next, float[2] sum) {
    next = Add (state, row)
    sum = Identity (next)
  }> (lengths, start, x)
}"""),
    # The branches differ in shape, then in the number of axes.
    "branches": (16, """
main (bool flag, float[N, 3] x) => (float[M, K] a, float b)
{
  a, b = If (flag) <
    then_branch = yes () => (float[M, K] c, float d) { c = Concat <axis = 0> (x, x)  d = Identity (x) },
    else_branch = no () => (float[M, K] e, float f) { e = Transpose <perm = [1, 0]> (x)  f = ReduceSum <keepdims = 0> (x) }
  >
}"""),
    # The condition follows from the shape, so that only one branch is looked at. The other one would not fit it.
    "by-shape": (16, """
main (float[2, 1, 3] x) => (float[2, 3] y)
{
  shape = Shape (x)
  one = Constant <value = int64 {1}> ()
  size = Gather (shape, one)
  isOne = Equal (size, one)
  y = If (isOne) <
    then_branch = yes () => (float[2, 3] a) { axes = Constant <value = int64[1] {1}> ()  a = Squeeze (x, axes) },
    else_branch = no () => (float b) { b = Identity (x) }
  >
}"""),
    # One value is handed on twice and shown once.
    "shared": (16, """
main (float[2] x, int64 steps) => (float[2] a, float[2] b, float[S, 2] c)
{
  a, b, c = Loop (steps, , x, x) <body = step (int64 i, bool going, float[2] p, float[2] q) => (bool next, float[2] sum, float[2] same, float[2] shown) {
    next = Constant <value = bool {1}> ()
    sum = Add (p, q)
    same = Identity (sum)
    shown = Identity (sum)
  }>
}"""),
}

f32 = lambda *rows: np.array(rows, np.float32)
i64 = lambda value: np.array(value, np.int64)
flag = lambda value: np.array(value, np.bool_)

cases = [
    ("nested", dict(x=f32(1, 2, 3), scale=np.float32(2.5), steps=i64(4))),
    ("nested", dict(x=f32(1, 2, 3), scale=np.float32(12), steps=i64(3))),
    ("growing", dict(start=f32([1, 2]), steps=i64(3))),
    ("growing", dict(start=f32([1, 2]), steps=i64(1))),
    ("deepening", dict(start=f32(1, 2), steps=i64(2))),
    ("deepening", dict(start=f32(1, 2), steps=i64(0))),
    ("while", dict(x=np.float32(3), begin=flag([True]))),
    ("while", dict(x=np.float32(3), begin=flag([False]))),
    ("steps", dict(x=f32([1, 2, 3], [4, 5, 6]), steps=i64(2))),
    ("steps", dict(x=f32([1, 2, 3], [4, 5, 6]), steps=i64(0))),
    ("sequence", dict(x=f32(1, 2, 3), steps=i64(3))),
    ("scan", dict(start=f32(1, -1), x=f32([1, 2, 3], [4, 5, 6]), w=f32([1, 2], [3, 4], [5, 6]))),
    ("scan-8", dict(lengths=i64([1, 3]), start=f32([0, 1], [2, 3]), x=np.arange(12, dtype=np.float32).reshape(2, 3, 2))),
    ("branches", dict(flag=flag(True), x=f32([1, 2, 3], [4, 5, 6]))),
    ("branches", dict(flag=flag(False), x=f32([1, 2, 3], [4, 5, 6]))),
    ("by-shape", dict(x=np.arange(6, dtype=np.float32).reshape(2, 1, 3))),
    ("shared", dict(x=f32(1, 2), steps=i64(2))),
]


def plain(value):
    if isinstance(value, list):
        return [plain(item) for item in value]
    array = np.asarray(value)
    names = {"float32": "f32", "int64": "i64", "bool": "bool", "float64": "f64", "object": "string"}
    return {"dtype": names[array.dtype.name], "shape": list(array.shape), "values": array.reshape(-1).tolist()}


def main():
    (here / "control-flow").mkdir(exist_ok=True)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    sessions = {}
    for name, (opset, text) in models.items():
        model = parser.parse_model(header % opset + text)
        for node in model.graph.node:
            untype(node)
        path = here / "control-flow" / f"{name}.onnx"
        path.write_bytes(model.SerializeToString(deterministic=True))
        sessions[name] = onnxruntime.InferenceSession(str(path), options)
    records = []
    for name, feeds in cases:
        feeds = {key: np.asarray(value) for key, value in feeds.items()}
        outputs = sessions[name].run(None, feeds)
        inputs = {key: plain(value) for key, value in feeds.items()}
        records.append({"model": name, "inputs": inputs, "outputs": [plain(value) for value in outputs]})
    lines = ",\n".join(json.dumps(record) for record in records)
    (here / "control-flow.json").write_text(f"[\n{lines}\n]\n")


def untype(node):
    """Floats of a body keep a shape only where it is a vector: others change from step to step, or between branches."""
    for attribute in node.attribute:
        if attribute.type != onnx.AttributeProto.GRAPH:
            continue
        for info in [*attribute.g.output, *attribute.g.input]:
            tensor = info.type.tensor_type
            if tensor.elem_type == onnx.TensorProto.FLOAT and len(tensor.shape.dim) != 1:
                tensor.ClearField("shape")
        for inner in attribute.g.node:
            untype(inner)


main()
