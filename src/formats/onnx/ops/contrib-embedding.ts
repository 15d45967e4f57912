import { constant, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { cast } from "../../../ops/cast.ts";
import { dequantizeLinear } from "../../../ops/dequantize-linear.ts";
import { div } from "../../../ops/div.ts";
import { equal } from "../../../ops/equal.ts";
import { expand } from "../../../ops/expand.ts";
import { gather } from "../../../ops/gather.ts";
import { layerNorm } from "../../../ops/layer-norm.ts";
import { less } from "../../../ops/less.ts";
import { mul } from "../../../ops/mul.ts";
import { reduceSum } from "../../../ops/reduce-sum.ts";
import { slice } from "../../../ops/slice.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { where } from "../../../ops/where.ts";
import { isFloat } from "../../../tensor/dtype.ts";
import { FormatError } from "../../../tensor/errors.ts";
import { scalar } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { reshapeTo, sizeOf } from "../shape-values.ts";
import { castTo, dtypeOf } from "./precision.ts";
import { middleZeroPoint, unpackBytes, unpackZeroPoints, weightBits } from "./quantized-blocks.ts";
import { rankOf, settleAxis } from "./rank.ts";

/** Embedding tables of com.microsoft. */
export const contribEmbedding = onnxOps(
  {
    EmbedLayerNormalization: ([ids, segments, words, positions, kinds, gamma, beta, mask, places], node) => {
      node.ignore("mask_index_type");
      return embedded({ ids, segments, words, positions, kinds, gamma, beta, mask, places }, node);
    },
    GatherBlockQuantized: gatherBlocks,
    QEmbedLayerNormalization: (inputs, node) => {
      const [ids, segments, words, positions, kinds, gamma, beta, mask] = inputs;
      const open = (x: Value, i: number): Value =>
        isAbsent(x) ? x : dequantizeLinear(x, inputs[8 + i] as Value, inputs[13 + i] as Value);
      const tables = { words: open(words, 0), positions: open(positions, 1), kinds: open(kinds, 2) };
      return embedded({ ids, segments, ...tables, gamma: open(gamma, 3), beta: open(beta, 4), mask }, node);
    },
  },
  "com.microsoft",
);

interface Embedding {
  readonly ids: Value;
  readonly segments: Value;
  readonly words: Value;
  readonly positions: Value;
  readonly kinds: Value;
  readonly gamma: Value;
  readonly beta: Value;
  readonly mask: Value;
  readonly places?: Value;
}

/** The normalised sum of the rows for words, places and segments; how many words of each sequence the mask keeps; the sum. */
function embedded({ ids, mask, ...tables }: Embedding, node: OnnxNode): readonly Value[] {
  const rows = (table: Value, indices: Value): Value => gather(table, indices, { axis: 0 });
  const { segments, words, positions, kinds, places } = tables;
  const isCounted = places === undefined || isAbsent(places);
  const placed = isCounted ? slice(positions, [0], sizeOf(ids, 1), [0], undefined) : rows(positions, places);
  const sum = add(rows(words, ids), placed);
  const whole = isAbsent(segments) ? sum : add(sum, rows(kinds, segments));
  const y = layerNorm(whole, tables.gamma, tables.beta, { axis: -1, epsilon: node.float("epsilon", 1e-12) });
  const kept = isAbsent(mask)
    ? expand(constant(scalar("i32", 0)), sizeOf(ids, 0))
    : reduceSum(castTo(equal(mask, 1), "i32"), { axes: [1], keepDims: false });
  return [y, kept, whole];
}

/**
 * Entries of a table that is quantised in blocks: first they are gathered, then dequantised. Where both happen along one
 * axis, each entry takes the scale of the block that it comes from.
 */
function gatherBlocks([data, indices, scales, zeros]: OnnxInputs, node: OnnxNode): Value {
  const bits = weightBits(node);
  const [from, along] = [settle(node.int("gather_axis", 0), data), settle(node.int("quantize_axis", 1), data)];
  const blockSize = node.int("block_size", 128);
  if (blockSize < 0 || (blockSize === 0 && !isFloat(dtypeOf(data)))) {
    throw new FormatError(
      `the attribute "block_size" must be a positive size, or 0 for a table of floats, got ${blockSize}.`,
    );
  }
  const isBytes = dtypeOf(data) === "u8";
  const open = (x: Value): Value => (isBytes ? unpackBytes(x, bits) : x);
  const zeroPoints = isAbsent(zeros) || !isBytes ? zeros : unpackZeroPoints(zeros, scales, bits);
  const rows = open(gather(data, indices, { axis: from }));
  const blocks = from === along && blockSize > 0 ? blockOf(indices, sizeOf(data, from), blockSize) : indices;
  const factors = gather(scales, sharedIndices(scales, from, blocks), { axis: from });
  if (blockSize === 0) return mul(castTo(rows, dtypeOf(scales)), factors);
  const offsets = isAbsent(zeroPoints) ? zeroPoints : gather(zeroPoints, blocks, { axis: from });
  const axis = along > from ? along - 1 + rankOf(indices, "indices") : along;
  const settings = from === along ? { axis, blockSize: 1 } : { axis, blockSize };
  const middle = isAbsent(offsets) && isBytes ? middleZeroPoint(bits) : offsets;
  return dequantizeLinear(rows, factors, middle, settings);
}

const settle = (axis: number, data: Value): number => settleAxis(axis, data, "data");

/** The numbers of the blocks that entries belong to. */
function blockOf(indices: Value, size: Value, blockSize: number): Value {
  const wide = cast(indices, { to: "i64" });
  const counted = where(less(wide, 0), add(wide, reshapeTo(size, [])), wide);
  return div(counted, blockSize);
}

/** Zeros where all entries of the axis share one scale. */
const sharedIndices = (scales: Value, axis: number, indices: Value): Value =>
  operandShape(scales, "scales")?.[axis] === 1 ? mul(indices, 0) : indices;
