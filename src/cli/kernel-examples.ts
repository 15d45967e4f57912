/** Each kernel by its name, with a small graph that the engine runs by it. One row a kernel; texts are in the language of printGraph. */

export type Setting = number | string | boolean;
export type Settings = Readonly<Record<string, Setting>>;

/**
 * A graph as text, a value a line; the last one is what it returns. `$name` stands for a setting, `$4name` for four times that, and
 * `constant f32[2,3] #0` for numbers that are made up.
 */
export interface GraphText {
  readonly inputs: string;
  readonly lines: readonly string[];
}

export interface KernelExample extends GraphText {
  /** The name of the kernel's family. */
  readonly name: string;
  readonly settings: Settings;
}

const example = (name: string, settings: Settings, inputs: string, ...lines: string[]): KernelExample => ({
  name,
  settings,
  inputs,
  lines,
});

const rows = { rows: 64, n: 1024, dtype: "f32" };
const image = { batch: 1, channels: 32, height: 40, width: 40, dtype: "f32" };
const lines = "x: $dtype[$rows,$n]";
const best = ["topK(x, i64 $k, {axis: 1, largest: true})", "%0.0"] as const;
const picture = "x: $dtype[$batch,$channels,$height,$width]";
const factors = "a: $dtype[$m,$k], b: $dtype[$k,$n]";
const attention = [
  { heads: 8, queries: 128, keys: 128, size: 64, dtype: "f32" },
  "q: $dtype[1,$heads,$queries,$size], k: $dtype[1,$heads,$keys,$size], v: $dtype[1,$heads,$keys,$size]",
  "attention(q, k, v, {scale: 0.125})",
] as const;

export const kernelExamples: readonly KernelExample[] = [
  example("rms-norm", rows, "x: $dtype[$rows,$n], scale: $dtype[$n]", "rmsNorm(x, scale, {axis: -1, epsilon: 1e-6})"),
  example(
    "layer-norm",
    rows,
    "x: $dtype[$rows,$n], scale: $dtype[$n], bias: $dtype[$n]",
    "layerNorm(x, scale, bias, {axis: -1, epsilon: 1e-5})",
  ),
  example("softmax", rows, lines, "softmax(x, {axis: -1})"),
  example("softmax-columns", { ...rows, inner: 64 }, "x: $dtype[$rows,$n,$inner]", "softmax(x, {axis: 1})"),
  example("reduce-rows", { ...rows, op: "reduceSum" }, lines, "$op(x, {axes: [-1], keepDims: false})"),
  example(
    "reduce-columns",
    { ...rows, inner: 64, op: "reduceSum" },
    "x: $dtype[$rows,$n,$inner]",
    "$op(x, {axes: [1], keepDims: false})",
  ),
  example("elementwise", { ...rows, op: "silu" }, lines, "$op(x)"),
  example(
    "matmul",
    { m: 48, n: 1024, k: 1024, dtype: "f32", activation: "relu" },
    `${factors}, bias: $dtype[$n]`,
    'linear(a, b, bias, {activation: "$activation"})',
  ),
  example("pack-panels", { m: 48, n: 1024, k: 1024, dtype: "f16" }, factors, "matmul(a, b)"),
  example("pack-rows", { m: 192, n: 1024, k: 1024, dtype: "f32" }, factors, "matmul(a, b)"),
  example(
    "pack-pairs",
    { m: 48, n: 256, k: 256, dtype: "i8" },
    "a: u8[$m,$k], b: $dtype[$k,$n]",
    "matmulInteger(a, b)",
  ),
  example(
    "shift-rows",
    { m: 48, n: 256, k: 256, dtype: "u8" },
    "a: $dtype[$m,$k], b: i8[$k,$n]",
    "matmulInteger(a, b)",
  ),
  example(
    "gather-conv",
    { ...image, outputs: 64, kernel: 1 },
    `${picture}, w: f32[$outputs,$channels,$kernel,$kernel], bias: f32[$outputs]`,
    'conv(x, w, bias, {group: 1, activation: "relu"})',
  ),
  example(
    "row-conv",
    { ...image, outputs: 64, kernel: 3 },
    `${picture}, w: f32[$outputs,$channels,$kernel,$kernel], bias: f32[$outputs]`,
    'conv(x, w, bias, {pads: [1, 1, 1, 1], group: 1, activation: "relu"})',
  ),
  example(
    "slide-window",
    { ...image, kernel: 3 },
    `${picture}, w: f32[$channels,1,$kernel,$kernel]`,
    "conv(x, w, {pads: [1, 1, 1, 1], group: $channels})",
  ),
  example("max-pool", { ...image, kernel: 3 }, picture, "maxPool(x, {kernel: [$kernel, $kernel], strides: [2, 2]})"),
  example(
    "thin-conv",
    { ...image, height: 1, width: 1, channels: 256, outputs: 256 },
    `${picture}, w: f32[$outputs,$channels,1,1]`,
    "conv(x, w, {group: 1})",
  ),
  example(
    "pack-weights",
    { ...image, outputs: 64, kernel: 3 },
    `${picture}, w: $dtype[$outputs,$channels,$kernel,$kernel]`,
    "conv(x, w, {pads: [1, 1, 1, 1], group: 1})",
  ),
  example(
    "interleave-rows",
    { ...image, outputs: 16 },
    `${picture}, w: f32[$channels,$outputs,2,2]`,
    "convTranspose(x, w, {strides: [2, 2], group: 1})",
  ),
  example(
    "mix-rows",
    { ...image, mode: "linear" },
    picture,
    'resize(x, f32[4] [1, 1, 2, 1], {mode: "$mode", coordinates: "halfPixel"})',
  ),
  example(
    "mix-columns",
    { ...image, mode: "linear" },
    picture,
    'resize(x, f32[4] [1, 1, 1, 2], {mode: "$mode", coordinates: "halfPixel"})',
  ),
  example(
    "grid-sample",
    { ...image, padding: "zeros", alignCorners: false },
    `${picture}, grid: f32[$batch,$height,$width,2]`,
    'gridSample(x, grid, {mode: "linear", padding: "$padding", alignCorners: $alignCorners})',
  ),
  example("extend-rows", { ...image, mode: "edge" }, picture, 'pad(x, [0, 0, 1, 0, 0, 0, 1, 0], {mode: "$mode"})'),
  example("extend-columns", { ...image, mode: "edge" }, picture, 'pad(x, [0, 0, 0, 1, 0, 0, 0, 1], {mode: "$mode"})'),
  example("copy-rows", rows, "x: $dtype[$rows,$n], y: $dtype[$rows,$n]", "concat(x, y, {axis: 1})"),
  example("fill-rows", rows, "x: $dtype[$rows,1]", "expand(x, [$rows, $n])"),
  example("transpose-tiles", rows, lines, "transpose(x, {permutation: [1, 0]})"),
  example(
    "index-rows",
    { ...rows, indices: 256 },
    "x: $dtype[$n,$rows], at: i64[$indices]",
    "gather(x, at, {axis: 0})",
  ),
  example("attention", ...attention),
  example("transpose-keys", ...attention),
  example(
    "rotary-embedding",
    { heads: 8, steps: 128, half: 32, size: 64, dtype: "f32" },
    "x: $dtype[1,$heads,$steps,$size], cos: $dtype[1,1,$steps,$half], sin: $dtype[1,1,$steps,$half]",
    "rotaryEmbedding(x, cos, sin, {interleaved: false})",
  ),
  example("elementwise-wide", { rows: 64, n: 1024, op: "add" }, "x: i64[$rows,$n], y: i64[$rows,$n]", "$op(x, y)"),
  example("arg-extreme-rows", { ...rows, op: "argMax" }, lines, "$op(x, {axis: 1, keepDims: false})"),
  example("arg-extreme-columns", { ...rows, op: "argMax" }, lines, "$op(x, {axis: 0, keepDims: false})"),
  example("top-k", { ...rows, k: 8 }, "x: $dtype[$n,$rows]", ...best),
  example("top-k-sieve", { ...rows, k: 8 }, lines, ...best),
  example("running-lines", { ...rows, op: "cumSum" }, lines, "$op(x, i64 1)"),
  example("running-columns", { ...rows, op: "cumSum" }, lines, "$op(x, i64 0)"),
  example("reduce-integers", { rows: 64, n: 1024, dtype: "i64", op: "reduceSum" }, lines, "$op(x, {axes: [1]})"),
  example(
    "clear-after",
    { batch: 2, heads: 8, length: 256, size: 64, dtype: "f32" },
    "cache: $dtype[$batch,$heads,$length,$size], update: $dtype[$batch,$heads,1,$size], starts: i64[$batch], ends: i64[$batch]",
    "tensorScatter(cache, update, starts, ends, {axis: 2})",
  ),
  example("keep-triangle", rows, lines, "trilu(x, {upper: true})"),
  example("one-hot", { rows: 64, n: 1024 }, "x: i64[$rows], values: f32[2]", "oneHot(x, $n, values, {axis: -1})"),
  example("range", { n: 1024 }, "x: f32[]", "range(f32 0, f32 $n, f32 1)"),
  example(
    "matmul-n-bits",
    { m: 1, n: 256, k: 256, bits: 4, blockSize: 32, blocks: 8, blobs: 16 },
    "x: f32[$m,$k]",
    "matmulNBits(x, constant u8[$n,$blocks,$blobs] #0, constant f32[$n,$blocks] #1, {bits: $bits, blockSize: $blockSize})",
  ),
  example(
    "integer-conv",
    { ...image, dtype: "u8", outputs: 64, kernel: 3 },
    `${picture}, w: i8[$outputs,$channels,$kernel,$kernel]`,
    "convInteger(x, w, {pads: [1, 1, 1, 1], group: 1})",
  ),
  example(
    "pack-weight-pairs",
    { ...image, dtype: "u8", outputs: 64, kernel: 3 },
    `${picture}, w: i8[$outputs,$channels,$kernel,$kernel]`,
    "convInteger(x, w, {pads: [1, 1, 1, 1], group: 1})",
  ),
  example(
    "unpack-bits",
    { rows: 64, n: 1024, dtype: "u4" },
    "x: $dtype[$rows,$n], scale: f32[]",
    "dequantizeLinear(x, scale)",
  ),
  example(
    "recurrent",
    { steps: 16, batch: 1, inputs: 64, hidden: 64 },
    "x: f32[$steps,$batch,$inputs]",
    'lstm(x, constant f32[1,$4hidden,$inputs] #0, constant f32[1,$4hidden,$hidden] #1, {direction: "forward", activations: ["sigmoid", "tanh", "tanh"]})',
    "%0.0",
  ),
];

/** The example of a kernel. */
export const exampleOf = (name: string): KernelExample | undefined => kernelExamples.find((each) => each.name === name);
