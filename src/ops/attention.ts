import { isAbsent } from "../graph/leaves.ts";
import type { EvalContext } from "../graph/op.ts";
import type { TensorType, Type } from "../graph/type.ts";
import { formatType, tensorType, tupleType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { dimToString } from "../tensor/dim.ts";
import { isFloat, isInteger } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { broadcastStrides, rowMajorStrides } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { MatrixView } from "./dense-product.ts";
import { denseProduct, evenOffsets } from "./dense-product.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";
import { broadcastsTo } from "./trailing-norm.ts";

export type AttentionAttributes = {
  /** Multiplies q·k. */
  readonly scale: number;
  /** When given and not 0, scores become softcap · tanh(score / softcap) before the mask. */
  readonly softcap?: number;
  /** How many keys before its own position a query sees; all when left out. */
  readonly leftWindow?: number;
  /** How many keys after its own position a query sees: 0 is causal attention; all when left out. */
  readonly rightWindow?: number;
  /** What a query gives whose keys are all masked: NaN, as softmax over minus infinities has it, instead of zeros. */
  readonly whenAllMasked?: "nan";
  /** When given, the result is a tuple with the scores [batch, heads, queries, keys] at that stage beside the answer. */
  readonly scores?: ScoreStage;
};
/** `raw` is scale · q·k, `capped` follows the softcap, `masked` has mask, windows and lengths in it, `probabilities` follow the softmax. */
export type ScoreStage = "raw" | "capped" | "masked" | "probabilities";

/**
 * softmax(cap(scale · q kᵀ) + mask) v for every head.
 *
 * q [batch, heads, queries, size], k [batch, kvHeads, keys, size], v [batch, kvHeads, keys, valueSize] of one float dtype; heads is a
 * multiple of kvHeads, and neighbouring heads share keys and values. The result is [batch, heads, queries, valueSize]. k and v
 * include cached keys: whoever keeps a cache concatenates outside.
 * - `mask` broadcasts to [batch, heads, queries, keys]: booleans (true attends) or floats, which are added.
 * - `offset` is the position of the first query among the keys, for windows: an integer for all or one per batch, 0 when left out.
 * - `lengths` [batch]: keys from there on are masked.
 * - `sink` [heads]: one more score per head, which takes part in the softmax and has no value.
 * A query whose keys are all masked gives zeros, unless `whenAllMasked` says otherwise. Sums are f64 and the result is rounded once; but a float mask is added to scores
 * rounded to f32, and so is what comes out, as any engine has it: a mask of -10000 for a whole row leaves few bits of its scores.
 */
export const attention = op("attention", ["q", "k", "v", "mask?", "offset?", "lengths?", "sink?"], {
  infer: (operands, attributes: AttentionAttributes) => inferAttention(operands, attributes),
  eval: (inputs, attributes: AttentionAttributes, context) => evalAttention(inputs, attributes, context),
});

type Operands = readonly [Value, Value, Value, Value, Value, Value, Value];

function inferAttention([q, k, v, mask, offset, lengths, sink]: Operands, attributes: AttentionAttributes): Type {
  const { dtype } = tensorOperand(q, "q");
  requireDType(dtype, "float", "q");
  const [sq, sk, sv] = [operandShape(q, "q", 4), operandShape(k, "k", 4), operandShape(v, "v", 4)];
  for (const [value, name] of [
    [k, "k"],
    [v, "v"],
  ] as const) {
    if (tensorOperand(value, name).dtype !== dtype)
      throw new ShapeError(`${name} must be ${dtype} like q, got ${formatType(value.type)}; cast it.`);
  }
  requireSame("batch", [sq?.[0], sk?.[0], sv?.[0]], [q, k, v]);
  requireSame("kvHeads", [sk?.[1], sv?.[1]], [k, v]);
  requireSame("keys", [sk?.[2], sv?.[2]], [k, v]);
  requireSame("size", [sq?.[3], sk?.[3]], [q, k]);
  requireGroups(sq?.[1], sk?.[1] ?? sv?.[1]);
  const keys = sk?.[2] ?? sv?.[2];
  const scores = sq && keys !== undefined ? [sq[0] as Dim, sq[1] as Dim, sq[2] as Dim, keys] : undefined;
  requireMask(mask, scores);
  requireIntegers(offset, "offset");
  requireIntegers(lengths, "lengths");
  if (!isAbsent(sink)) operandShape(sink, "sink", 1);
  const answer = tensorType(dtype, sq && sv ? [sq[0] as Dim, sq[1] as Dim, sq[2] as Dim, sv[3] as Dim] : undefined);
  return attributes.scores === undefined ? answer : tupleType(answer, tensorType(dtype, scores));
}

function requireSame(what: string, dims: readonly (Dim | undefined)[], operands: readonly Value[]): void {
  const known = dims.filter((dim) => typeof dim === "number");
  if (known.every((dim) => dim === known[0])) return;
  const types = operands.map(({ type }) => formatType(type)).join(", ");
  throw new ShapeError(
    `${what} differs between the operands (${dims.map((dim) => dim && dimToString(dim)).join(", ")}): ${types}.`,
  );
}

function requireGroups(heads: Dim | undefined, kvHeads: Dim | undefined): void {
  if (typeof heads !== "number" || typeof kvHeads !== "number" || heads % kvHeads === 0) return;
  throw new ShapeError(`q has ${heads} heads and k has ${kvHeads}: expected a multiple, so that heads can share keys.`);
}

function requireMask(mask: Value, scores: readonly Dim[] | undefined): void {
  if (isAbsent(mask)) return;
  const type: TensorType = tensorOperand(mask, "mask");
  if ((type.dtype === "bool" || isFloat(type.dtype)) && broadcastsTo(type.shape, scores)) return;
  const wanted = scores === undefined ? "the scores" : `[${scores.map(dimToString).join(",")}]`;
  throw new ShapeError(`mask must be bool or float and broadcast to ${wanted}, got ${formatType(type)}.`);
}

function requireIntegers(value: Value, name: string): void {
  if (isAbsent(value)) return;
  const type = tensorOperand(value, name);
  if (isInteger(type.dtype) && (type.shape?.length ?? 1) <= 1) return;
  throw new ShapeError(`${name} must be one integer or a vector with one per batch, got ${formatType(type)}.`);
}

type Inputs = readonly [Tensor, Tensor, Tensor, ...(Tensor | undefined)[]];

function evalAttention(
  [q, k, v, mask, offset, lengths, sink]: Inputs,
  attributes: AttentionAttributes,
  context: EvalContext,
): Tensor | Tensor[] {
  const [batch, heads, queries, size] = q.shape as [number, number, number, number];
  const [kvHeads, keys, valueSize] = [k.shape[1]!, k.shape[2]!, v.shape[3]!];
  const [qs, ks, vs] = [numbers(q), numbers(k), numbers(v)];
  const answer = new Float64Array(batch * heads * queries * valueSize);
  const kept = attributes.scores && new Float64Array(batch * heads * queries * keys);
  const biasOf = biasRows([batch, heads, queries, keys], mask, offset, lengths, attributes);
  const scores = new Float64Array(queries * keys);
  const sinks = sink && numbers(sink);
  const round = q.dtype === "f64" ? (x: number) => x : Math.fround;
  for (let at = 0; at < batch * heads; at++) {
    const [b, head] = [Math.floor(at / heads), at % heads];
    const shared = b * kvHeads + Math.floor(head / (heads / kvHeads));
    const kMatrix = matrix(ks, shared * keys * size, size, keys, 1, size);
    denseProduct(
      matrix(qs, at * queries * size, queries, size, size, 1),
      kMatrix,
      matrix(scores, 0, queries, keys, keys, 1),
      { context },
    );
    for (let i = 0; i < queries; i++) {
      context.poll();
      const row = scores.subarray(i * keys, (i + 1) * keys);
      const keep = kept?.subarray((at * queries + i) * keys, (at * queries + i + 1) * keys);
      attend(row, biasOf(b, head, i), sinks?.[head], attributes, keep, round);
    }
    const vMatrix = matrix(vs, shared * keys * valueSize, keys, valueSize, valueSize, 1);
    const target = matrix(answer, at * queries * valueSize, queries, valueSize, valueSize, 1);
    denseProduct(matrix(scores, 0, queries, keys, keys, 1), vMatrix, target, { context });
  }
  const y = fromNumbers(q.dtype, [batch, heads, queries, valueSize], answer);
  return kept ? [y, fromNumbers(q.dtype, [batch, heads, queries, keys], kept)] : y;
}

const matrix = (
  data: NumberArray,
  offset: number,
  rows: number,
  columns: number,
  rowStride: number,
  columnStride: number,
): MatrixView => ({ data, offset, rows: evenOffsets(rows, rowStride), columns: evenOffsets(columns, columnStride) });

/** One row of q·k becomes probabilities, in place; `keep` receives the stage that was asked for. */
function attend(
  row: Float64Array,
  bias: Float64Array,
  sink: number | undefined,
  { scale, softcap = 0, scores, whenAllMasked }: AttentionAttributes,
  keep: Float64Array | undefined,
  round: (x: number) => number,
): void {
  for (let j = 0; j < row.length; j++) row[j] = row[j]! * scale;
  if (scores === "raw") keep?.set(row);
  if (softcap !== 0) for (let j = 0; j < row.length; j++) row[j] = softcap * Math.tanh(row[j]! / softcap);
  if (scores === "capped") keep?.set(row);
  for (let j = 0; j < row.length; j++)
    if (bias[j] !== 0) row[j] = bias[j] === -Infinity ? -Infinity : round(round(row[j]!) + bias[j]!);
  if (scores === "masked") keep?.set(row);
  let top = sink ?? -Infinity;
  for (let j = 0; j < row.length; j++) if (row[j]! > top || Number.isNaN(row[j]!)) top = row[j]!;
  let sum = sink === undefined ? 0 : Math.exp(sink - top);
  if (top === -Infinity) row.fill(whenAllMasked === "nan" ? Number.NaN : 0);
  else for (let j = 0; j < row.length; j++) sum += row[j] = Math.exp(row[j]! - top);
  if (sum !== 0) for (let j = 0; j < row.length; j++) row[j] = row[j]! / sum;
  if (scores === "probabilities") keep?.set(row);
}

/** What is added to a row of scores: the mask, and minus infinity outside windows and lengths. The array is reused. */
function biasRows(
  shape: readonly [number, number, number, number],
  mask: Tensor | undefined,
  offset: Tensor | undefined,
  lengths: Tensor | undefined,
  { leftWindow = Infinity, rightWindow = Infinity }: AttentionAttributes,
): (b: number, head: number, i: number) => Float64Array {
  const keys = shape[3];
  const bias = new Float64Array(keys);
  const values = mask && numbers(mask);
  const strides = mask ? broadcastStrides(mask.shape, shape) : rowMajorStrides(shape);
  const isBool = mask?.dtype === "bool";
  const [offsets, ends] = [perBatch(offset, 0), perBatch(lengths, keys)];
  return (b, head, i) => {
    const position = offsets(b) + i;
    const first = Math.max(0, position - leftWindow);
    const last = Math.min(keys - 1, ends(b) - 1, position + rightWindow);
    const start = b * strides[0]! + head * strides[1]! + i * strides[2]!;
    for (let j = 0; j < keys; j++) {
      if (j < first || j > last) bias[j] = -Infinity;
      else if (values === undefined) bias[j] = 0;
      else bias[j] = isBool ? (values[start + j * strides[3]!] ? 0 : -Infinity) : values[start + j * strides[3]!]!;
    }
    return bias;
  };
}

/** Reads one integer for all, or one per batch. */
function perBatch(t: Tensor | undefined, otherwise: number): (b: number) => number {
  if (t === undefined) return () => otherwise;
  const values = numbers(t);
  return elementCount(t.shape) === 1 ? () => values[0]! : (b) => values[b]!;
}
