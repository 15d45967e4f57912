"""Writes the models of this folder with the onnx Python package (1.20 or newer) and numpy: `python3 make.py`.

Small models that the suites in test/ print, run and damage. Weights are seeded random numbers.
"""

import pathlib

import numpy as np
import onnx
from onnx import helper, numpy_helper

here = pathlib.Path(__file__).parent


def weights(random, **shapes):
    """Initializers by name: a shape stands for f32 normals, an array for itself."""
    made = []
    for name, given in shapes.items():
        array = given if isinstance(given, np.ndarray) else random.normal(0, 0.5, given).astype(np.float32)
        made.append(numpy_helper.from_array(array, name))
    return made


def write(name, text, initializers=(), version=21, extra_domains=""):
    """`text` is a graph in ONNX's own text syntax."""
    head = f'<ir_version: 10, opset_import: ["" : {version}{extra_domains}]>'
    model = onnx.parser.parse_model(head + text)
    model.graph.initializer.extend(initializers)
    model.producer_name = "lanewise tests"
    onnx.checker.check_model(model, full_check=not extra_domains)
    (here / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def conv_net(random):
    positive = lambda n: random.uniform(0.5, 1.5, n).astype(np.float32)
    write(
        "conv-net",
        """
        conv_net (float[N,3,8,8] picture) => (float[N,4] scores) {
          c1 = Conv<kernel_shape = [3, 3], pads = [1, 1, 1, 1]>(picture, w1)
          n1 = BatchNormalization<epsilon = 0.001>(c1, g1, b1, m1, v1)
          r1 = Relu(n1)
          p1 = MaxPool<kernel_shape = [2, 2], strides = [2, 2]>(r1)
          c2 = Conv<kernel_shape = [3, 3], pads = [1, 1, 1, 1], group = 2>(p1, w2)
          n2 = BatchNormalization(c2, g2, b2, m2, v2)
          s2 = Add(n2, p1)
          h2 = HardSwish(s2)
          a = GlobalAveragePool(h2)
          f = Flatten(a)
          l = Gemm<transB = 1>(f, w3, b3)
          scores = Softmax<axis = 1>(l)
        }""",
        weights(
            random,
            w1=(4, 3, 3, 3), g1=positive(4), b1=(4,), m1=(4,), v1=positive(4),
            w2=(4, 2, 3, 3), g2=positive(4), b2=(4,), m2=(4,), v2=positive(4),
            w3=(4, 4), b3=(4,),
        ),
    )  # fmt: skip


def rms_block(index, before):
    """One layer in the spelling of exporters: norms by their formula, attention by products, a gated activation."""

    def norm(x, scale, out):
        return f"""
          {out}_square = Pow({x}, two)
          {out}_mean = ReduceMean<keepdims = 1>({out}_square, last)
          {out}_moved = Add({out}_mean, eps)
          {out}_root = Sqrt({out}_moved)
          {out}_inverse = Div(one, {out}_root)
          {out}_unit = Mul({x}, {out}_inverse)
          {out} = Mul({scale}, {out}_unit)"""

    i = index
    heads = lambda x, out: f"""
          {out}_split = Reshape({x}, head_shape{i})
          {out} = Transpose<perm = [0, 2, 1, 3]>({out}_split)"""
    return f"""{norm(before, f"n{i}a", f"h{i}")}
          q{i} = MatMul(h{i}, wq{i})
          k{i} = MatMul(h{i}, wk{i})
          v{i} = MatMul(h{i}, wv{i})
          size{i} = Shape(q{i})
          batch{i} = Gather(size{i}, i0)
          length{i} = Gather(size{i}, i1)
          batch{i}v = Unsqueeze(batch{i}, first)
          length{i}v = Unsqueeze(length{i}, first)
          head_shape{i} = Concat<axis = 0>(batch{i}v, length{i}v, head_dims)
          flat_shape{i} = Concat<axis = 0>(batch{i}v, length{i}v, all_dims){heads(f"q{i}", f"qh{i}")}{heads(f"k{i}", f"kh{i}")}{heads(f"v{i}", f"vh{i}")}
          kt{i} = Transpose<perm = [0, 1, 3, 2]>(kh{i})
          raw{i} = MatMul(qh{i}, kt{i})
          scaled{i} = Mul(raw{i}, scale)
          share{i} = Softmax<axis = -1>(scaled{i})
          mixed{i} = MatMul(share{i}, vh{i})
          back{i} = Transpose<perm = [0, 2, 1, 3]>(mixed{i})
          joined{i} = Reshape(back{i}, flat_shape{i})
          out{i} = MatMul(joined{i}, wo{i})
          x{i}a = Add({before}, out{i}){norm(f"x{i}a", f"n{i}b", f"g{i}")}
          up{i} = MatMul(g{i}, wu{i})
          gate{i} = MatMul(g{i}, wg{i})
          sig{i} = Sigmoid(gate{i})
          act{i} = Mul(gate{i}, sig{i})
          both{i} = Mul(act{i}, up{i})
          down{i} = MatMul(both{i}, wd{i})
          x{i} = Add(x{i}a, down{i})"""


def transformer(random):
    i64 = lambda *values: np.array(values, np.int64)
    shapes = dict(
        table=(11, 8), two=np.float32(2), one=np.float32(1), eps=np.float32(1e-5), scale=np.float32(0.5), last=i64(-1),
        first=i64(0), i0=np.int64(0), i1=np.int64(1), head_dims=i64(2, 4), all_dims=i64(8),
    )  # fmt: skip
    shapes = {name: np.asarray(given) if isinstance(given, np.generic) else given for name, given in shapes.items()}
    for i in (1, 2):
        shapes |= {f"n{i}a": (8,), f"n{i}b": (8,), f"wu{i}": (8, 12), f"wg{i}": (8, 12), f"wd{i}": (12, 8)}
        shapes |= {f"w{w}{i}": (8, 8) for w in "qkvo"}
    write(
        "transformer",
        f"""
        transformer (int64[B,T] ids) => (float[B,T,8] states) {{
          x0 = Gather(table, ids){rms_block(1, "x0")}{rms_block(2, "x1")}
          states = Identity(x2)
        }}""",
        weights(random, **shapes),
    )


def control(random):
    write(
        "control",
        """
        control (float[N,3] x, int64 steps, bool up) => (float[N,3] y, float[S,N,3] trail) {
          zero = Constant<value = float {0.0}>()
          keep = Constant<value = bool {1}>()
          y_last, trail = Loop(steps, keep, x) <body = step (int64 i, bool go, float[N,3] state) => (bool again, float[N,3] next, float[N,3] seen) {
            again = Identity(go)
            grown = Mul(state, factor)
            next = Add(grown, shift)
            seen = Identity(next)
          }>
          flag = And(up, keep)
          y = If(flag) <then_branch = larger () => (float[N,3] bigger) {
            bigger = Max(y_last, x)
          }, else_branch = smaller () => (float[N,3] lesser) {
            lesser = Min(y_last, zero)
          }>
        }""",
        weights(random, factor=np.array([0.5, 2, 1], np.float32), shift=np.array([1, 0, -1], np.float32)),
    )


def moves(random):
    write(
        "moves",
        """
        moves (float[2,3,4] x, int64[2] at) => (float[M,4] a, float[2,3,5] b, float[K,2,3] c, float[2,2,4] d, float[2,3,4] e, float[8,3] f, float[2,6,8] g) {
          p = Reshape(x, flat)
          a = Gather(p, at)
          b = Pad<mode = "constant">(x, pads, fill)
          t = Transpose<perm = [2, 0, 1]>(x)
          c = Slice(t, one, four, zero, two)
          s0, d = Split<axis = 1>(x, parts)
          e = ScatterElements<axis = 1, reduction = "add">(x, places, s0)
          u = Unsqueeze(x, one)
          v = Squeeze(u, one)
          w = Transpose<perm = [0, 2, 1]>(v)
          f = Reshape(w, minus)
          g = Tile(x, repeats)
        }""",
        weights(
            random,
            flat=np.array([6, 4]), pads=np.array([0, 0, 1, 0, 0, 0]), fill=np.array(0.5, np.float32), one=np.array([1]),
            four=np.array([4]), zero=np.array([0]), two=np.array([2]), parts=np.array([1, 2]),
            places=np.array([[[0, 1, 2, 0]], [[2, 1, 0, 1]]]), minus=np.array([-1, 3]), repeats=np.array([1, 2, 2]),
        ),
    )  # fmt: skip


def numbers(random):
    write(
        "numbers",
        """
        numbers (float[2,3] x, int32[3] n) => (float[2,3] a, int32[3] b, float16[2,3] c, float[2,1] d, int64[2,1] e, float[2,2] f, bool[2,3] g, double[2,3] h, float[2,3] i, float[3,3] j) {
          y = Exp(x)
          less = Less(x, y)
          g = Not(less)
          a = Where(g, y, x)
          q = Mod(n, five)
          b = Sub(n, q)
          c = Cast<to = 10>(y)
          d = ReduceLogSumExp<keepdims = 1>(x, axis)
          e = ArgMax<axis = 1>(x)
          f, where = TopK<axis = 1>(x, two)
          z = Cast<to = 11>(x)
          h = CumSum(z, last)
          i = Clip(x, low, high)
          j = Einsum<equation = "bi,bj->ij">(x, y)
        }""",
        weights(
            random,
            five=np.array(5, np.int32), axis=np.array([1]), two=np.array([2]), last=np.array(1),
            low=np.array(-0.5, np.float32), high=np.array(0.5, np.float32),
        ),
    )  # fmt: skip


def pictures(random):
    write(
        "pictures",
        """
        pictures (float[1,2,5,5] x) => (float[1,2,A,B] a, float[1,3,C,D] b, float[1,2,3,3] c, float[1,2,4,4] d, float[2,2,2,2] e, int64[P,3] f, float[1,8,2,2] g) {
          a = Resize<mode = "linear", coordinate_transformation_mode = "half_pixel">(x, , scales)
          b = ConvTranspose<strides = [2, 2], pads = [1, 1, 1, 1]>(x, w)
          c = AveragePool<kernel_shape = [3, 3], pads = [1, 1, 1, 1], strides = [2, 2], count_include_pad = 1>(x)
          d = GridSample<mode = "linear", padding_mode = "border">(x, grid)
          e = RoiAlign<output_height = 2, output_width = 2, sampling_ratio = 2>(x, boxes, owners)
          f = NonMaxSuppression(corners, odds, most, overlap, least)
          p = Slice(x, from, to, spatial)
          g = SpaceToDepth<blocksize = 2>(p)
        }""",
        weights(
            random,
            scales=np.array([1, 1, 2, 1.5], np.float32), w=(2, 3, 3, 3), grid=random.uniform(-1, 1, (1, 4, 4, 2)).astype(np.float32),
            boxes=np.array([[0, 0, 4, 4], [1, 1, 3, 4]], np.float32), owners=np.array([0, 0]),
            corners=random.uniform(0, 4, (1, 4, 4)).astype(np.float32), odds=random.uniform(0, 1, (1, 2, 4)).astype(np.float32),
            most=np.array([3]), overlap=np.array([0.5], np.float32), least=np.array([0.1], np.float32),
            **{"from": np.array([0, 0])}, to=np.array([4, 4]), spatial=np.array([2, 3]),
        ),
    )  # fmt: skip


def quantized(random):
    u8 = lambda *shape: random.integers(0, 256, shape).astype(np.uint8)
    i8 = lambda *shape: random.integers(-128, 128, shape).astype(np.int8)
    write(
        "quantized",
        """
        quantized (float[2,4] x, float[1,2,4,4] picture) => (float[2,3] a, float[2,3] b, uint8[1,2,2,2] c, float[1,2,4,4] d) {
          xq, xs, xz = DynamicQuantizeLinear(x)
          m = MatMulInteger(xq, wq, xz)
          f = Cast<to = 1>(m)
          a = Mul(f, xs)
          p = QuantizeLinear(x, s, z)
          y = QLinearMatMul(p, s, z, wq, ws, wz, s, z)
          b = DequantizeLinear(y, s, z)
          pq = QuantizeLinear(picture, s, z)
          c = QLinearConv(pq, s, z, kq, ws, wz, s, z)
          v = DequantizeLinear<axis = 0>(per, scales, zeros)
          d = Mul(picture, v)
        }""",
        weights(
            random,
            wq=i8(4, 3), s=np.array(0.05, np.float32), z=np.array(128, np.uint8), ws=np.array(0.02, np.float32),
            wz=np.array(0, np.int8), kq=i8(2, 2, 3, 3), per=i8(4, 4), scales=random.uniform(0.01, 0.1, 4).astype(np.float32),
            zeros=i8(4),
        ),
    )  # fmt: skip


def sequences(random):
    write(
        "sequences",
        """
        sequences (float[2,6] x, int64 at) => (float[2,K] a, float[2,2] b, int64 c, float[2,3] d) {
          s = SplitToSequence<axis = 1>(x, parts)
          t = SequenceInsert(s, extra, at)
          u = SequenceErase(t, first)
          a = ConcatFromSequence<axis = 1>(u)
          b = SequenceAt(t, at)
          c = SequenceLength(u)
          o = Optional(extra)
          e = OptionalGetElement(o)
          d = Concat<axis = 1>(e, column)
        }""",
        weights(random, parts=np.array(2), extra=(2, 2), first=np.array(0), column=(2, 1)),
    )


def recurrent(random):
    write(
        "recurrent",
        """
        recurrent (float[T,2,3] x, int32[2] lengths) => (float[T,1,2,4] y, float[1,2,4] last, float[1,2,4] cell, float[T,2,2,4] z, float[K] total) {
          y, last, cell = LSTM<hidden_size = 4>(x, w, r, b, lengths)
          z, hidden = GRU<hidden_size = 4, direction = "bidirectional", linear_before_reset = 1>(x, w2, r2, b2)
          flat = Reshape(x, all)
          some = Slice(flat, zero, six)
          state, total = Scan(start, some) <num_scan_inputs = 1, body = add (float sum, float item) => (float next, float seen) {
            next = Add(sum, item)
            seen = Identity(next)
          }>
        }""",
        weights(
            random,
            w=(1, 16, 3), r=(1, 16, 4), b=(1, 32), w2=(2, 12, 3), r2=(2, 12, 4), b2=(2, 24), all=np.array([-1]),
            zero=np.array([0]), six=np.array([6]), start=np.array(0, np.float32),
        ),
    )  # fmt: skip


def generators(random):
    write(
        "generators",
        """
        generators (int64 n, float[2,3] x) => (int64[M] a, float[P,2] b, float[2,3] c, float[2,3] d, float[3,3] e, float[K] f, int64[2,Q] g, float[2,3,2] h, float[2,3] i) {
          a = Range(zero, n, one)
          nv = Unsqueeze(n, first)
          size = Concat<axis = 0>(nv, two)
          b = ConstantOfShape<value = float[1] {1.5}>(size)
          c = RandomUniformLike<seed = 1.0>(x)
          d = Dropout(x, ratio)
          xt = Transpose(x)
          square = MatMul(xt, x)
          e = EyeLike(square)
          f = Compress(x, mask)
          g = NonZero(x)
          h = OneHot<axis = -1>(picks, depth, values)
          i = Trilu<upper = 0>(x)
        }""",
        weights(
            random,
            zero=np.array(0), one=np.array(1), first=np.array([0]), two=np.array([2]), ratio=np.array(0.5, np.float32),
            mask=np.array([1, 0, 1], bool), picks=random.integers(0, 2, (2, 3)), depth=np.array(2), values=np.array([0, 1], np.float32),
        ),
    )  # fmt: skip


def product(_random):
    write("product", "product (float[N,T] a, float[T,M] b) => (float[N,M] c) { c = MatMul(a, b) }")


for make in (conv_net, transformer, control, moves, numbers, pictures, product, quantized, sequences, recurrent, generators):
    make(np.random.default_rng(7))
