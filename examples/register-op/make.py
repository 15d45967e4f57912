"""Makes scores.onnx: y = |soft(x + b)|, where soft is no operator of ONNX.

    python3 make.py        needs onnx
"""

from pathlib import Path

from onnx import TensorProto, helper, save

nodes = [
    helper.make_node("Add", ["x", "b"], ["sum"]),
    helper.make_node("Softcap", ["sum"], ["capped"], domain="my.domain", cap=8.0),
    helper.make_node("Abs", ["capped"], ["y"]),
]
bias = helper.make_tensor("b", TensorProto.FLOAT, [4], [0.5, -0.5, 0.0, 1.0])
x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", 4]) for name in "xy")
graph = helper.make_graph(nodes, "scores", [x], [y], [bias])
opsets = [helper.make_opsetid("", 21), helper.make_opsetid("my.domain", 1)]
save(helper.make_model(graph, opset_imports=opsets, ir_version=10), Path(__file__).parent / "scores.onnx")
