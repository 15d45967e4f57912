"""Writes the test files of this folder with the onnx Python package (1.20 or newer) and numpy: `python3 make.py`.

Each model comes with a .json file of what the package itself says is in it; the tests compare the reader with that.
"""

import json
import pathlib

import numpy as np
import onnx
from google.protobuf.json_format import MessageToDict
from onnx import AttributeProto, TensorProto, helper, numpy_helper
from onnx import onnx_data_pb2 as data
from onnx import onnx_ml_pb2 as ml

here = pathlib.Path(__file__).parent
DT = TensorProto.DataType
four_bit = (DT.UINT4, DT.INT4, DT.FLOAT4E2M1)
two_bit = (DT.UINT2, DT.INT2)
pairs = (DT.COMPLEX64, DT.COMPLEX128)


def write_json(name, value):
    (here / name).write_text(json.dumps(value, indent=1) + "\n")


def write(name, message):
    path = here / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(message.SerializeToString(deterministic=True))


def write_model(name, model):
    """The model, and all its fields as JSON."""
    write(f"{name}.onnx", model)
    fields = MessageToDict(model, preserving_proto_field_name=True, use_integers_for_enums=True)
    write_json(f"{name}.json", fields)


def schema():
    kinds = {1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 9: "string", 12: "bytes", 14: "enum"}
    facts = {}

    def add(message, prefix=""):
        name = prefix + message.name
        fields = {}
        for field in message.fields:
            kind = kinds.get(field.type) or field.message_type.full_name.removeprefix("onnx.")
            fields[field.name] = [field.number, ("repeated " if field.is_repeated else "") + kind]
        facts[name] = fields
        for nested in message.nested_types:
            add(nested, name + ".")

    for file in (ml.DESCRIPTOR, data.DESCRIPTOR):
        for message in file.message_types_by_name.values():
            add(message)
    codes = {name: number for name, number in DT.items()}
    write_json("schema.json", {"messages": facts, "data_types": codes})


def value_bits(tensor):
    """Each element's bits as a hexadecimal number, whatever form the tensor keeps them in; strings as they are."""
    array = numpy_helper.to_array(tensor).reshape(-1)
    if tensor.data_type == DT.STRING:
        return [text.decode() if isinstance(text, bytes) else str(text) for text in array]
    mask = 15 if tensor.data_type in four_bit else 3 if tensor.data_type in two_bit else None
    if mask is not None:
        return [format(int(byte) & mask, "x") for byte in array.view(np.uint8)]
    if tensor.data_type in pairs:
        array = array.view(np.float32 if tensor.data_type == DT.COMPLEX64 else np.float64)
    return [value.tobytes()[::-1].hex() for value in array]


def expected(tensor):
    return {"name": tensor.name, "code": tensor.data_type, "shape": list(tensor.dims), "bits": value_bits(tensor)}


def storage_of(code, random, count):
    """Bytes of random elements: any bits at all, except that bools are 0 or 1."""
    bits = {**{c: 4 for c in four_bit}, **{c: 2 for c in two_bit}}.get(code) or 8 * helper.tensor_dtype_to_np_dtype(code).itemsize
    raw = random.integers(0, 256, (bits * count + 7) // 8, dtype=np.uint8)
    if code == DT.BOOL:
        raw &= 1
    used = (bits * count) % 8
    if used:
        raw[-1] &= (1 << used) - 1
    return raw.tobytes()


def typed_from_raw(tensor):
    """The same tensor with its elements in the typed field."""
    typed = TensorProto(name=tensor.name, data_type=tensor.data_type, dims=tensor.dims)
    raw, code = tensor.raw_data, tensor.data_type
    if code in (DT.FLOAT, DT.COMPLEX64):
        typed.float_data.extend(np.frombuffer(raw, "<f4").tolist())
    elif code in (DT.DOUBLE, DT.COMPLEX128):
        typed.double_data.extend(np.frombuffer(raw, "<f8").tolist())
    elif code == DT.INT64:
        typed.int64_data.extend(np.frombuffer(raw, "<i8").tolist())
    elif code in (DT.UINT32, DT.UINT64):
        typed.uint64_data.extend(np.frombuffer(raw, "<u4" if code == DT.UINT32 else "<u8").tolist())
    else:
        view = {DT.INT32: "<i4", DT.INT16: "<i2", DT.INT8: "i1", DT.UINT16: "<u2", DT.FLOAT16: "<u2", DT.BFLOAT16: "<u2"}
        typed.int32_data.extend(np.frombuffer(raw, view.get(code, "u1")).tolist())
    return typed


def dtypes():
    random = np.random.default_rng(7)
    raw, typed = [], []
    for name, code in DT.items():
        # The 6-bit floats are younger than the reader.
        if code == DT.UNDEFINED or name.startswith("FLOAT6"):
            continue
        for label, dims in (("", [3, 5]), (" scalar", []), (" empty", [2, 0])):
            count = int(np.prod(dims))
            tensor = TensorProto(name=name + label, data_type=code, dims=dims)
            if code == DT.STRING:
                texts = ["", "plain", "naïve", "漢字", "🎈", "a\0b", "\ufeffmark"]
                tensor.string_data.extend(texts[i % len(texts)].encode() for i in range(count))
                typed.append(tensor)
                continue
            tensor.raw_data = storage_of(code, random, count)
            # Signalling NaNs change on their way through a Python float.
            if code in (DT.FLOAT, DT.DOUBLE) + pairs:
                real = np.float32 if code in (DT.FLOAT, DT.COMPLEX64) else np.float64
                values = random.standard_normal(count * (2 if code in pairs else 1)).astype(real)
                values[:3] = [np.inf, -0.0, np.nan][: len(values[:3])]
                tensor.raw_data = values.tobytes()
            raw.append(tensor)
            typed.append(typed_from_raw(tensor))
    for name, tensors in (("dtypes-raw", raw), ("dtypes-typed", typed)):
        graph = helper.make_graph([], name, [], [], initializer=tensors)
        model = helper.make_model(graph, ir_version=13, opset_imports=[helper.make_opsetid("", 25)])
        write(f"{name}.onnx", model)
        write_json(f"{name}.json", [expected(tensor) for tensor in tensors])


def external():
    """Two files beside the model, one in a sub-folder; a place that two tensors share; tensors at every kind of nesting."""
    first = np.arange(12, dtype=np.float32).reshape(3, 4)
    second = np.arange(5, dtype=np.int64) - 2
    half = np.linspace(-1, 1, 6).astype(np.float16)
    files = {"weights/part one.bin": b"pad." + first.tobytes() + second.tobytes(), "top.bin": half.tobytes()}

    def at(name, array, location, **place):
        tensor = TensorProto(name=name, data_type=helper.np_dtype_to_tensor_dtype(array.dtype), dims=array.shape)
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in {"location": location, **place}.items():
            tensor.external_data.add(key=key, value=str(value))
        return tensor

    part = "weights/part one.bin"
    branch = helper.make_graph(
        [helper.make_node("Identity", ["inner"], ["b"])],
        "branch",
        [],
        [helper.make_tensor_value_info("b", DT.INT64, [5])],
        initializer=[at("inner", second, f"./{part}", offset=52, length=40)],
    )
    nodes = [
        helper.make_node("Constant", [], ["c"], value=at("attribute", half, "top.bin")),
        helper.make_node("If", ["flag"], ["o"], then_branch=branch, else_branch=branch),
    ]
    function = helper.make_function(
        "local", "F", [], ["f"], [helper.make_node("Constant", [], ["f"], value=at("in function", first, part, offset=4))],
        [helper.make_opsetid("", 21)],
    )
    graph = helper.make_graph(
        nodes,
        "external",
        [helper.make_tensor_value_info("flag", DT.BOOL, [])],
        [helper.make_tensor_value_info("o", DT.INT64, [5])],
        initializer=[at("w", first, part, offset=4, length=48, checksum="ignored")],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("local", 1)]
    write("external/model.onnx", helper.make_model(graph, ir_version=10, opset_imports=opsets, functions=[function]))
    for name, content in files.items():
        (here / "external" / name).parent.mkdir(exist_ok=True)
        (here / "external" / name).write_bytes(content)
    values = {"w": first, "attribute": half, "inner": second, "in function": first}
    write_json("external/model.json", {name: array.reshape(-1).tolist() for name, array in values.items()})


def structure():
    """Nodes out of order, a function, nested subgraphs, every kind of attribute and of type, and fields that the reader skips."""
    tensor = numpy_helper.from_array(np.float32([[1, 2], [3, 4]]), "t")
    sparse = helper.make_sparse_tensor(
        numpy_helper.from_array(np.float32([1.5]), "v"), numpy_helper.from_array(np.int64([3]), "i"), [2, 3]
    )
    inner = helper.make_graph(
        [helper.make_node("Add", ["x", "t"], ["inner_out"], name="inner add")],
        "inner",
        [],
        [helper.make_tensor_value_info("inner_out", DT.FLOAT, None)],
    )
    middle = helper.make_graph(
        [helper.make_node("If", ["flag"], ["middle_out"], then_branch=inner, else_branch=inner)],
        "middle",
        [],
        [helper.make_tensor_value_info("middle_out", DT.FLOAT, ["N", 2])],
    )
    attributes = {
        "float": 0.5, "int": -(2**62), "string": "text", "tensor": tensor, "graph": inner, "sparse": sparse,
        "type": helper.make_tensor_type_proto(DT.FLOAT, [1]), "floats": [1.0, -2.5], "ints": [1, -1, 2**40],
        "strings": ["a", "ü"], "tensors": [tensor, tensor], "graphs": [inner], "sparses": [sparse],
        "types": [helper.make_tensor_type_proto(DT.INT8, None)],
    }
    custom = helper.make_node("Custom", ["y", "", "x"], ["z", "", "w"], name="custom", domain="org.example", **attributes)
    custom.overload = "v2"
    custom.metadata_props.add(key="pkg.torch.name", value="layer.0")
    custom.device_configurations.add(configuration_id="two cards")
    nodes = [custom, helper.make_node("Twice", ["x"], ["y"], domain="local", factor=3), helper.make_node("If", ["flag"], ["m"], then_branch=middle, else_branch=inner)]
    by = AttributeProto(name="value_int", ref_attr_name="factor", type=AttributeProto.INT)
    constant = helper.make_node("Constant", [], ["f"])
    constant.attribute.append(by)
    function = helper.make_function(
        "local", "Twice", ["a"], ["b"],
        [constant, helper.make_node("CastLike", ["f", "a"], ["g"]), helper.make_node("Mul", ["a", "g"], ["b"])],
        [helper.make_opsetid("", 21)], attributes=["unused"], attribute_protos=[helper.make_attribute("factor", 2)],
        overload="", doc_string="skipped",
    )
    tensor_type = helper.make_tensor_type_proto(DT.FLOAT, ["batch", 3, None])
    map_type = onnx.TypeProto(denotation="lookup")
    map_type.map_type.key_type = DT.INT64
    map_type.map_type.value_type.CopyFrom(tensor_type)
    opaque = onnx.TypeProto()
    opaque.opaque_type.domain, opaque.opaque_type.name = "org.example", "Thing"
    infos = [
        helper.make_value_info("seq", helper.make_sequence_type_proto(tensor_type)),
        helper.make_value_info("opt", helper.make_optional_type_proto(helper.make_sequence_type_proto(tensor_type))),
        helper.make_value_info("sparse", helper.make_sparse_tensor_type_proto(DT.DOUBLE, [4, "N"])),
        helper.make_value_info("map", map_type),
        helper.make_value_info("opaque", opaque),
    ]
    graph = helper.make_graph(
        nodes, "main",
        [helper.make_value_info("x", tensor_type), helper.make_tensor_value_info("flag", DT.BOOL, [])],
        [helper.make_tensor_value_info("z", DT.FLOAT, ["batch", -1])],
        initializer=[tensor], value_info=infos, sparse_initializer=[sparse], doc_string="skipped",
    )
    graph.quantization_annotation.add(tensor_name="x").quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="t")
    graph.metadata_props.add(key="g", value="1")
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("local", 1), helper.make_opsetid("org.example", 7)]
    model = helper.make_model(
        graph, ir_version=10, opset_imports=opsets, functions=[function], producer_name="make.py",
        producer_version="1", model_version=2**63 - 1, doc_string="All that a file can hold.", domain="org.example",
    )
    helper.set_model_props(model, {"author": "someone"})
    model.training_info.add().algorithm.name = "skipped"
    model.configuration.add(name="two cards", num_devices=2)
    write_model("structure", model)


def sparse():
    """Both forms of indices, and dtypes that do not take one array slot an element; next to each the dense values."""
    random = np.random.default_rng(11)
    cases = []
    for name, dtype, dims in (
        ("linear", np.float32, [3, 4]), ("rows", np.int64, [2, 3, 4]), ("flags", np.bool_, [10]),
        ("pairs", np.complex64, [2, 2]), ("nibbles", DT.INT4, [3, 3]), ("none", np.float64, [2, 2]),
    ):
        size = int(np.prod(dims))
        count = 0 if name == "none" else size // 2
        where = np.sort(random.permutation(size)[:count])
        if dtype == DT.INT4:
            values = TensorProto(name=name, data_type=DT.INT4, dims=[count], raw_data=storage_of(DT.INT4, random, count))
            dense = np.zeros(size, np.uint8)
            dense[where] = [int(bits, 16) for bits in value_bits(values)]
            bits = [format(value, "x") for value in dense]
        else:
            array = random.integers(1, 100, count).astype(dtype)
            dense = np.zeros(size, dtype)
            dense[where] = array
            values = numpy_helper.from_array(array, name)
            bits = value_bits(numpy_helper.from_array(dense, name))
        rows = np.stack(np.unravel_index(where, dims), 1) if name in ("rows", "nibbles") else where
        indices = numpy_helper.from_array(rows.astype(np.int64), f"{name} indices")
        tensor = helper.make_sparse_tensor(values, indices, dims)
        cases.append((tensor, {"name": name, "code": values.data_type, "shape": dims, "bits": bits}))
    graph = helper.make_graph([], "sparse", [], [], sparse_initializer=[tensor for tensor, _ in cases])
    write("sparse.onnx", helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)]))
    write_json("sparse.json", [case for _, case in cases])


def datums():
    """Values as the ONNX test runner stores them: sequences, optionals and maps."""
    a, b = np.float32([1, 2, 3]), np.float32([[4, 5]])
    sequence = numpy_helper.from_list([a, b], "s")
    nested = numpy_helper.from_list([[a], [b, a]], "nested")
    sparse = onnx.OptionalProto(name="sparse", elem_type=onnx.OptionalProto.SPARSE_TENSOR)
    sparse.sparse_tensor_value.CopyFrom(
        helper.make_sparse_tensor(numpy_helper.from_array(np.float32([9])), numpy_helper.from_array(np.int64([1])), [3])
    )
    by_name = onnx.MapProto(name="by name", key_type=DT.STRING, string_keys=[b"one", b"two"], values=sequence)
    by_number = onnx.MapProto(
        name="by number", key_type=DT.INT64, keys=[7, -1], values=numpy_helper.from_list([a, a], "values")
    )
    flat = lambda array: {"shape": list(array.shape), "values": array.reshape(-1).tolist()}
    cases = {
        "sequence": (sequence, "sequence", [flat(a), flat(b)]),
        "empty-sequence": (onnx.SequenceProto(name="e", elem_type=1), "sequence", []),
        "nested-sequence": (nested, "sequence", [[flat(a)], [flat(b), flat(a)]]),
        "optional-tensor": (numpy_helper.from_optional(a, "o"), "optional", flat(a)),
        "optional-sequence": (numpy_helper.from_optional([a, b], "o"), "optional", [flat(a), flat(b)]),
        "optional-sparse": (sparse, "optional", flat(np.float32([0, 9, 0]))),
        "empty-optional": (numpy_helper.from_optional(None, "o"), "optional", None),
        "map-by-name": (by_name, "map", {"one": flat(a), "two": flat(b)}),
        "map-by-number": (by_number, "map", {"7": flat(a), "-1": flat(a)}),
    }
    for name, (message, _, _) in cases.items():
        write(f"datums/{name}.pb", message)
    write_json("datums/datums.json", {name: {"kind": kind, "value": value} for name, (_, kind, value) in cases.items()})


for make in (schema, dtypes, external, structure, sparse, datums):
    make()
