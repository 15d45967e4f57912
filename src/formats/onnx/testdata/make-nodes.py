"""Writes nodes.json: single nodes of text operators, ai.onnx.ml and com.microsoft with inputs, attributes and what ONNX Runtime makes of them.

Needs onnx, onnxruntime and numpy: `python3 make-nodes.py`. The numbers are drawn with a fixed seed.
"""

import json
import pathlib

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

here = pathlib.Path(__file__).parent
random = np.random.default_rng(5)
F, I, S = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING
ML, MS = "ai.onnx.ml", "com.microsoft"
names = {"float32": "f32", "float64": "f64", "int64": "i64", "int32": "i32", "uint32": "u32", "uint8": "u8", "bool": "bool", "object": "string"}
records = []

f32 = lambda *values: np.array(values, np.float32)
i64 = lambda *values: np.array(values, np.int64)
text = lambda *values: np.array(values, object)
floats = lambda *shape: [float(v) for v in random.standard_normal(shape).astype(np.float32).reshape(-1)]


def shortest(value):
    """The fewest digits that read back as the same f32; None for NaN, words for infinities."""
    if not isinstance(value, float):
        return value
    if np.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return None if np.isnan(value) else float(str(np.float32(value)))


def plain(value):
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {"keys": list(value.keys()), "scalars": [shortest(v) for v in value.values()]}
    array = np.asarray(value)
    values = [shortest(v) for v in array.reshape(-1).tolist()]
    return {"dtype": names[array.dtype.name], "shape": list(array.shape), "values": values}


def kind(value):
    if isinstance(value, TensorProto):
        return {"tensor": plain(numpy_helper.to_array(value))}
    one = value[0] if isinstance(value, list) else value
    name = {int: "int", float: "float", str: "string"}[type(one)]
    return {name + "s": [shortest(v) for v in value]} if isinstance(value, list) else {name: shortest(value)}


def record(op, inputs, outputs, domain="", opset=20, **attributes):
    code = lambda a: S if a.dtype == object else helper.np_dtype_to_tensor_dtype(a.dtype)
    info = [helper.make_tensor_value_info(f"x{i}", code(a), a.shape) for i, a in enumerate(inputs)]
    results = [helper.make_tensor_value_info(f"y{i}", t, None) for i, t in enumerate(outputs)]
    if op == "ZipMap":
        key = S if "classlabels_strings" in attributes else I
        item = helper.make_map_type_proto(key, helper.make_tensor_type_proto(F, []))
        results = [helper.make_value_info("y0", helper.make_sequence_type_proto(item))]
    node = helper.make_node(op, [i.name for i in info], [r.name for r in results], domain=domain, **attributes)
    versions = {"": 20, ML: 3, MS: 1, domain: opset if domain == "" else (opset if opset != 20 else {ML: 3, MS: 1}[domain])}
    imports = [helper.make_opsetid(name, version) for name, version in versions.items()]
    model = helper.make_model(helper.make_graph([node], op, info, results), opset_imports=imports, ir_version=8)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    expected = session.run(None, {i.name: a for i, a in zip(info, inputs)})
    records.append({
        "op": op, "domain": domain, "opset": versions[domain],
        "attributes": {name: kind(value) for name, value in attributes.items()},
        "inputs": [plain(a) for a in inputs], "outputs": [plain(value) for value in expected],
    })


def texts():
    words = text("ab", "ABC", "a.c", "a\nc", "abc", "12", "é", "a b", "]a", "a-z", "-x_", "abcd", "x@y.com", "", "a\u00a0")
    patterns = [
        r"a+b?", r"(?i)ABC|x", r"[^\s]+", r"\d{2,3}", r"(?P<n>a)b*", r"[[:alpha:]]+[[:digit:]]*", r"a.c", r"(?s)a.c", r"\Qa.c\E",
        r"\pL+", r"[]a]+", r"[a\-z]+", r"\-x\_", r"\w+\b", r"\x{61}b", r"(a|ab)(c|bcd)", r"[\w.%+-]+@[\w.-]+\.[A-Za-z]{2,}", "",
    ]
    for pattern in patterns:
        record("RegexFullMatch", [words], [TensorProto.BOOL], pattern=pattern)
    record("StringConcat", [np.array([["a"], ["é"]], object), text("x", "", "z")], [S])
    for attributes in (dict(delimiter=","), dict(delimiter=",", maxsplit=1), dict(), dict(maxsplit=1), dict(delimiter=", ")):
        record("StringSplit", [text("a,b,,c", " d, e  f ", "x")], [S, I], **attributes)
    for count in range(6):
        pool, starts, ngrams = [], [], 0
        for length in (1, 2, 3):
            starts.append(len(pool))
            chosen = {tuple(int(v) for v in random.integers(0, 4, length)) for _ in range(3)}
            ngrams += len(chosen)
            for ngram in sorted(chosen):
                pool += ngram
        least = count % 3 + 1
        attributes = dict(
            mode=["TF", "IDF", "TFIDF"][count % 3], min_gram_length=least, max_gram_length=3, max_skip_count=count % 2 * 2,
            ngram_counts=starts, ngram_indexes=[int(v) for v in random.permutation(ngrams)],
        )
        if count > 2:
            attributes["weights"] = [float(np.float32(v)) for v in random.random(ngrams)]
        tokens = random.integers(0, 4, (2, 9) if count % 2 else 9)
        if count % 2:
            attributes["pool_strings"] = [f"w{v}" for v in pool]
            tokens = np.array([f"w{v}" for v in tokens.reshape(-1)], object).reshape(tokens.shape)
        else:
            attributes["pool_int64s"] = pool
        record("TfIdfVectorizer", [tokens], [F], **attributes)


def labels():
    record("LabelEncoder", [text("a", "z", "b")], [I], ML, 1, classes_strings=["b", "a"])
    record("LabelEncoder", [i64(1, 0, 7)], [S], ML, 1, classes_strings=["b", "a"])
    record("LabelEncoder", [text("a", "z", "b")], [F], ML, 2, keys_strings=["b", "a"], values_floats=[1.5, 2.5])
    record("LabelEncoder", [f32(1.5, -0.0, 3)], [S], ML, 2, keys_floats=[1.5, 0.0], values_strings=["x", "zero"])
    record("LabelEncoder", [i64(1, 2, 3)], [I], ML, 2, keys_int64s=[1, 2], values_int64s=[10, 20], default_int64=5)
    record("CategoryMapper", [text("a", "z", "b")], [I], ML, cats_strings=["b", "a"], cats_int64s=[4, 9])
    record("CategoryMapper", [i64(4, 9, 1)], [S], ML, cats_strings=["b", "a"], cats_int64s=[4, 9], default_string="none")


def features():
    x = (random.standard_normal((4, 3)) * 2).astype(np.float32)
    record("ArrayFeatureExtractor", [x, i64(2, 0)], [F], ML)
    record("ArrayFeatureExtractor", [x[0], i64(2, 0, 2)], [F], ML)
    record("Binarizer", [x], [F], ML, threshold=0.5)
    for norm in ("MAX", "L1", "L2"):
        record("Normalizer", [np.concatenate([x, -abs(x[:1]), x[:1] * 0])], [F], ML, norm=norm)
    record("Scaler", [(x * 3).astype(np.int64)], [F], ML, offset=[0.5, 1.0, -2.0], scale=[2.0, 0.5, 1.0])
    record("OneHotEncoder", [i64([1, 2], [3, 9])], [F], ML, cats_int64s=[3, 1, 2])
    record("OneHotEncoder", [text("b", "a")], [F], ML, cats_strings=["a", "b", "c"], zeros=0)
    missing = f32([1, np.nan, 0], [np.nan, 2, 3])
    record("Imputer", [missing], [F], ML, imputed_value_floats=[7.0, 8.0, 9.0], replaced_value_float=float("nan"))
    record("Imputer", [i64([1, 0, 0], [5, 2, 3])], [I], ML, imputed_value_int64s=[7, 8, 9], replaced_value_int64=0)
    record("FeatureVectorizer", [x, x[:, :2]], [F], ML, inputdimensions=[2, 3])
    record("ZipMap", [x], [F], ML, classlabels_strings=["a", "b", "c"])
    record("ZipMap", [x], [F], ML, classlabels_int64s=[1, 3, 7])


def models():
    """Linear models and support vector machines. PROBIT is left out: ONNX Runtime reads it beyond its range."""
    x = (random.standard_normal((5, 3)) * 2).astype(np.float32)
    for transform in ("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"):
        record("LinearRegressor", [x], [F], ML, coefficients=floats(6), intercepts=floats(2), targets=2, post_transform=transform)
        record("LinearClassifier", [x], [I, F], ML, coefficients=floats(3), intercepts=floats(1), classlabels_ints=[5, 9], post_transform=transform)
        record("LinearClassifier", [x], [S, F], ML, coefficients=floats(9), intercepts=floats(3), classlabels_strings=["a", "b", "c"], post_transform=transform)
    for kernel in ("LINEAR", "POLY", "RBF", "SIGMOID"):
        shape = dict(kernel_type=kernel, kernel_params=[0.3, 0.5, 3.0])
        record("SVMRegressor", [x], [F], ML, coefficients=floats(4), support_vectors=floats(12), n_supports=4, rho=floats(1), **shape)
        for classes, transform in ((2, "NONE"), (2, "LOGISTIC"), (3, "NONE"), (4, "SOFTMAX")):
            per_class = [2, 3, 1, 2][:classes]
            count, pairs = sum(per_class), classes * (classes - 1) // 2
            attributes = dict(
                coefficients=floats((classes - 1) * count), support_vectors=floats(count * 3), vectors_per_class=per_class,
                rho=floats(pairs), classlabels_ints=[4, 7, 1, 2][:classes], post_transform=transform, **shape,
            )
            record("SVMClassifier", [x], [I, F], ML, **attributes)
            slopes = [-abs(v) for v in floats(pairs)]
            record("SVMClassifier", [x], [I, F], ML, prob_a=slopes, prob_b=floats(pairs), **attributes)


def forest(what, targets, modes, positive):
    """Two random trees of three features, each leaf with a weight for every target."""
    nodes = {name: [] for name in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids", "missing_value_tracks_true")}
    leaves = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}

    def grow(tree, depth, count):
        at, number = len(nodes["nodeids"]), count[0]
        count[0] += 1
        is_leaf = depth == 0
        values = (tree, number, 0 if is_leaf else int(random.integers(0, 3)), 0.0 if is_leaf else float(random.integers(-3, 4) / 2),
                  "LEAF" if is_leaf else modes[random.integers(0, len(modes))], 0, 0, int(random.integers(0, 2)))
        for name, value in zip(nodes, values):
            nodes[name].append(value)
        if is_leaf:
            for target in targets:
                weight = float(np.float32(random.random() / 2 if positive else random.standard_normal()))
                for name, value in zip(leaves, (tree, number, target, weight)):
                    leaves[name].append(value)
        else:
            nodes["truenodeids"][at] = grow(tree, depth - 1, count)
            nodes["falsenodeids"][at] = grow(tree, depth - 1, count)
        return number

    for tree in range(2):
        grow(tree, 2, [0])
    return {**{f"nodes_{k}": v for k, v in nodes.items()}, **{f"{what}_{k}": v for k, v in leaves.items()}}


def trees():
    """Only what ONNX Runtime and the specification agree on: see the comments at the mapping for the rest."""
    modes = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"]
    x = (random.integers(-4, 5, (7, 3)) / 2).astype(np.float32)
    x[0, 0] = x[3, 2] = np.nan
    for i, aggregate in enumerate(("SUM", "AVERAGE", "MIN", "MAX")):
        attributes = forest("target", [0, 1], modes[: 1 + 5 * (i % 2)], False)
        record("TreeEnsembleRegressor", [x], [F], ML, n_targets=2, aggregate_function=aggregate, base_values=floats(2), **attributes)
    for transform in ("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"):
        three = dict(classlabels_strings=["a", "b", "c"], post_transform=transform)
        record("TreeEnsembleClassifier", [x], [S, F], ML, **forest("class", [0, 1, 2], modes[:2], False), **three)
        for positive in (True, False):
            two = dict(classlabels_int64s=[7, 3], post_transform=transform)
            record("TreeEnsembleClassifier", [x], [I, F], ML, **forest("class", [0], modes[:2], positive), **two)
            record("TreeEnsembleClassifier", [x.astype(np.float64)], [I, F], ML, **forest("class", [1], modes[:2], positive), **two)


def members():
    """Two trees with branches on membership in a set, branches and leaves in lists of their own."""
    tensor = lambda dtype, *values: numpy_helper.from_array(np.array(values, dtype))
    attributes = dict(
        tree_roots=[0, 2], nodes_featureids=[0, 1, 2, 0], nodes_modes=tensor(np.uint8, 0, 6, 3, 6),
        nodes_truenodeids=[1, 1, 3, 4], nodes_trueleafs=[0, 1, 1, 1], nodes_falsenodeids=[0, 2, 3, 5],
        nodes_falseleafs=[1, 1, 0, 1], nodes_missing_value_tracks_true=[1, 0, 0, 1],
        leaf_targetids=[0, 1, 0, 1, 0, 1], n_targets=2,
    )
    x = random.integers(-2, 3, (12, 3))
    for dtype, code in ((np.float32, F), (np.float64, TensorProto.DOUBLE)):
        given = x.astype(dtype)
        given[0, 0] = given[1, 2] = np.nan
        for aggregate in range(4):
            record(
                "TreeEnsemble", [given], [code], ML, 5, aggregate_function=aggregate, **attributes,
                nodes_splits=tensor(dtype, 0.5, 0, -1, 0), membership_values=tensor(dtype, 1, -2, np.nan, 0, np.nan),
                leaf_weights=tensor(dtype, 0.5, -1, 2, 4, -8, 0.25),
            )


def contributed():
    for k in range(8):
        source = random.integers(0, 4, random.integers(2, 9)).astype(np.int64)
        start = int(random.integers(0, len(source)))
        predicted = np.concatenate([source[start:], [1]]).astype(np.int64)
        predicted[random.integers(0, len(predicted))] = 3
        current = random.integers(0, 4, random.integers(1, 4)).astype(np.int64)
        given = [source, current, np.array(start, np.int64), predicted][: 4 - k % 2]
        record("BifurcationDetector", given, [I, I], MS, min_ngram_size=1 + k % 3 // 2, max_ngram_size=3)
        costs = random.integers(0, 4, (random.integers(1, 6), random.integers(1, 6))).astype(np.float32)
        record("DynamicTimeWarping", [costs], [TensorProto.INT32], MS)
    for size in (1, 2, 3):
        tokens = random.integers(0, 4, (2, 9)).astype(np.int64)
        record("NGramRepeatBlock", [tokens, random.standard_normal((2, 5)).astype(np.float32)], [F], MS, ngram_size=size)
    for mark, least, separators in ((0, 1, [" "]), (1, 1, [",", " "]), (0, 2, ["[,;]"]), (0, 1, [""]), (1, 2, ["[[:space:]]+"])):
        sentences = [text("a b  c", "aa,b;c", " x yz,")]
        record("Tokenizer", sentences, [S], MS, mark=mark, mincharnum=least, pad_value="#", separators=separators)
    record("Tokenizer", [np.array([["ab12cd", "3"], ["", "x y"]], object)], [S], MS, mark=1, mincharnum=1, pad_value="", tokenexp=r"[a-z]|\d+")
    for value in (random.standard_normal((3, 4)), random.integers(-9, 9, (2, 3)), text("", "a", "abcde", "héllo")):
        value = value.astype(np.float32) if value.dtype == np.float64 else value
        record("MurmurHash3", [value], [TensorProto.INT32], MS, positive=0, seed=7)
    words = np.array([[1, 2, 3, 4], [2, 5, 0, 0], [3, 0, 0, 0]], np.int32)
    weights = [random.standard_normal(shape).astype(np.float32) for shape in ((5, 1, 2, 4), 5, (6, 4))]
    record("WordConvEmbedding", [words, *weights], [F], MS)
    record("CDist", [random.standard_normal((3, 4)).astype(np.float32), random.standard_normal((2, 4)).astype(np.float32)], [F], MS, metric="euclidean")
    record("Inverse", [random.standard_normal((2, 5, 5)).astype(np.float32)], [F], MS)


for make in (texts, labels, features, models, trees, members, contributed):
    make()
lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in records)
(here / "nodes.json").write_text(f"[\n{lines}\n]\n")
