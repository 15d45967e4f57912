"""Writes the models and test cases of this folder with the onnx and onnxruntime Python packages: `python3 make.py`."""

import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

here = pathlib.Path(__file__).parent
info = helper.make_tensor_value_info
random = np.random.default_rng(3)


def model(graph, opset=20, domains=()):
    opsets = [helper.make_opsetid("", opset)] + [helper.make_opsetid(domain, 1) for domain in domains]
    return helper.make_model(graph, ir_version=9, opset_imports=opsets, producer_name="make.py")


def write(path, message):
    (here / path).parent.mkdir(parents=True, exist_ok=True)
    (here / path).write_bytes(message.SerializeToString(deterministic=True))


def datum(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def classifier():
    """Softmax over silu(x·W + b), and the class; W and b fixed."""
    weights = [
        datum("w", random.standard_normal((4, 3)).astype(np.float32)),
        datum("b", np.array([0.5, -0.25, 0.125], np.float32)),
    ]
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["xw"], "/fc/MatMul"),
        helper.make_node("Add", ["xw", "b"], ["sum"], "/fc/Add"),
        helper.make_node("Sigmoid", ["sum"], ["gate"], "/act/Sigmoid"),
        helper.make_node("Mul", ["sum", "gate"], ["silu"], "/act/Mul"),
        helper.make_node("Softmax", ["silu"], ["y"], "/Softmax", axis=-1),
        helper.make_node("ArgMax", ["y"], ["class"], "/ArgMax", axis=-1, keepdims=0),
    ]
    inputs = [info("x", TensorProto.FLOAT, ["batch", 4])]
    outputs = [info("y", TensorProto.FLOAT, ["batch", 3]), info("class", TensorProto.INT64, ["batch"])]
    return model(helper.make_graph(nodes, "classifier", inputs, outputs, weights))


def case(folder, built, inputs, outputs=None):
    """A test case; the outputs are onnxruntime's unless given."""
    write(f"{folder}/model.onnx", built)
    names = [port.name for port in built.graph.input]
    if outputs is None:
        session = onnxruntime.InferenceSession(built.SerializeToString(), providers=["CPUExecutionProvider"])
        outputs = session.run(None, dict(zip(names, inputs)))
    for i, value in enumerate(inputs):
        write(f"{folder}/test_data_set_0/input_{i}.pb", datum(names[i], value))
    for i, (port, value) in enumerate(zip(built.graph.output, outputs)):
        write(f"{folder}/test_data_set_0/output_{i}.pb", datum(port.name, value))


def kinds():
    """Inputs of many dtypes, each passed on as it is; `parts` is a sequence of the halves of `half`."""
    dtypes = {
        "half": (TensorProto.FLOAT16, [2]),
        "rate": (TensorProto.INT64, []),
        "flag": (TensorProto.BOOL, [2]),
        "text": (TensorProto.STRING, ["words"]),
        "brain": (TensorProto.BFLOAT16, [2, "n"]),
        "byte": (TensorProto.UINT8, [3]),
    }
    inputs = [info(name, *facts) for name, facts in dtypes.items()]
    outputs = [info(f"{name}/out", *facts) for name, facts in dtypes.items()]
    nodes = [helper.make_node("Identity", [name], [f"{name}/out"], f"/{name}") for name in dtypes]
    nodes.append(helper.make_node("SplitToSequence", ["half"], ["parts"], "/parts"))
    sequence = helper.make_sequence_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT16, None))
    outputs.append(helper.make_value_info("parts", sequence))
    return model(helper.make_graph(nodes, "kinds", inputs, outputs))


def pictures():
    """Pictures in each layout, passed on as they are."""
    dtypes = {
        "rgb": (TensorProto.FLOAT, [1, 3, "height", "width"]),
        "grey": (TensorProto.FLOAT, ["n", "height", "width", 1]),
        "bytes": (TensorProto.UINT8, ["height", "width", 3]),
        "fixed": (TensorProto.FLOAT, [1, 3, 2, 4]),
        "vector": (TensorProto.FLOAT, [3]),
    }
    inputs = [info(name, *facts) for name, facts in dtypes.items()]
    outputs = [info(f"{name}_out", *facts) for name, facts in dtypes.items()]
    nodes = [helper.make_node("Identity", [name], [f"{name}_out"], f"/{name}") for name in dtypes]
    return model(helper.make_graph(nodes, "pictures", inputs, outputs))


def noise():
    """Random numbers, and a value beside them that is not."""
    nodes = [
        helper.make_node("RandomNormalLike", ["x"], ["r"], "/noise"),
        helper.make_node("Add", ["x", "r"], ["y"], "/Add"),
    ]
    ports = [[info(name, TensorProto.FLOAT, [2, 3])] for name in ("x", "y")]
    return model(helper.make_graph(nodes, "noise", *ports))


def unsupported():
    """Operators that nobody has, one of them in a branch, and weights in a file that is not there."""
    node = helper.make_node("Frobnicate", ["x"], ["inner"], "/frob", domain="ex.ample")
    branch = helper.make_graph([node], "branch", [], [info("inner", TensorProto.FLOAT, [3])])
    other = helper.make_graph(
        [helper.make_node("Relu", ["x"], ["inner2"])], "other", [], [info("inner2", TensorProto.FLOAT, [3])]
    )
    nodes = [
        helper.make_node("If", ["flag"], ["chosen"], "/If", then_branch=branch, else_branch=other),
        helper.make_node("Frobnicate", ["chosen"], ["twice"], "/frob2", domain="ex.ample"),
        helper.make_node("Add", ["twice", "far"], ["y"], "/Add"),
    ]
    far = TensorProto(name="far", data_type=TensorProto.FLOAT, dims=[3], data_location=TensorProto.EXTERNAL)
    for key, value in {"location": "weights/far.bin", "offset": "0", "length": "12"}.items():
        far.external_data.add(key=key, value=value)
    inputs = [info("x", TensorProto.FLOAT, [3]), info("flag", TensorProto.BOOL, [])]
    graph = helper.make_graph(nodes, "unsupported", inputs, [info("y", TensorProto.FLOAT, [3])], [far])
    return model(graph, domains=["ex.ample"])


def main():
    built = classifier()
    onnx.checker.check_model(built)
    write("model.onnx", built)
    x = random.standard_normal((2, 4)).astype(np.float32)
    case("case", built, [x])
    write("kinds.onnx", kinds())
    write("pictures.onnx", pictures())
    write("unsupported.onnx", unsupported())
    case("cases/noise", noise(), [np.ones((2, 3), np.float32)])
    case("cases/wrong/value", built, [x], [np.full((2, 3), 0.25, np.float32), np.zeros(2, np.int64)])
    case("cases/wrong/shape", built, [x], [np.zeros((3, 2), np.float32), np.zeros(2, np.int64)])
    case("cases/wrong/dtype", built, [x], [np.zeros((2, 3), np.float64), np.zeros(2, np.int64)])
    write("cases/below/onnx/model.onnx", built)
    for name in ("input_0", "output_0", "output_1"):
        write_copy(f"case/test_data_set_0/{name}.pb", f"cases/below/test_data_set_0/{name}.pb")
    write("cases/no-data/model.onnx", built)
    (here / "cases/damaged").mkdir(exist_ok=True)
    (here / "cases/damaged/model.onnx").write_bytes(b"PK\x03\x04 not a model")
    write_copy("case/test_data_set_0/input_0.pb", "cases/damaged/test_data_set_0/input_0.pb")
    write_copy("case/test_data_set_0/input_0.pb", "cases/no-model/test_data_set_0/input_0.pb")


def write_copy(source, target):
    (here / target).parent.mkdir(parents=True, exist_ok=True)
    (here / target).write_bytes((here / source).read_bytes())


main()
