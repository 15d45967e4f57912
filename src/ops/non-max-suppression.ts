import { isAbsent } from "../graph/leaves.ts";
import { tensorType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { numbers } from "../tensor/numbers.ts";
import { formatShape } from "../tensor/shape.ts";
import { tensor } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { scalarNumber, scalarOperand } from "./scalar-operand.ts";
import { operandShape } from "./tensor-operand.ts";

type NonMaxSuppressionAttributes = {
  /** True: boxes are [x centre, y centre, width, height]. Left out: two opposite corners, [y1, x1, y2, x2]. */
  readonly centerBoxes?: boolean;
};

/**
 * Picks for each batch entry and class the boxes with the best scores, best first, leaving out those that overlap one already
 * picked by more than `overlap` (intersection over union; 0 when left out) and those with a score not above `least`. At most
 * `limit` a class (0 when left out). boxes [batch, n, 4], scores [batch, classes, n] -> i64 rows [batch entry, class, box].
 */
export const nonMaxSuppression = op("nonMaxSuppression", ["boxes", "scores", "limit?", "overlap?", "least?"], {
  infer([boxes, scores, ...settings], _attributes: NonMaxSuppressionAttributes) {
    const corners = operandShape(boxes, "boxes", 3)?.[2];
    if (typeof corners === "number" && corners !== 4)
      throw new ShapeError(`boxes must have 4 numbers each, got ${corners}.`);
    operandShape(scores, "scores", 3);
    settings.forEach((value, i) => {
      if (!isAbsent(value)) scalarOperand(value, ["limit", "overlap", "least"][i] as string, "numeric");
    });
    return tensorType("i64", [unknownDim, 3]);
  },
  eval([boxes, scores, limit, overlap, least], { centerBoxes = false }: NonMaxSuppressionAttributes) {
    const [batches, classes, count] = scores.shape as readonly [number, number, number];
    if (boxes.shape[0] !== batches || boxes.shape[1] !== count) {
      throw new ShapeError(
        `boxes ${formatShape(boxes.shape)} and scores ${formatShape(scores.shape)} differ in batch or boxes.`,
      );
    }
    const settings = {
      limit: limit === undefined ? 0 : scalarNumber(limit, "limit"),
      overlap: overlap === undefined ? 0 : scalarNumber(overlap, "overlap"),
      least: least === undefined ? Number.NEGATIVE_INFINITY : scalarNumber(least, "least"),
    };
    const [corners, values] = [toCorners(numbers(boxes), centerBoxes), numbers(scores)];
    const rows: bigint[] = [];
    for (let i = 0; i < batches * classes; i++) {
      const [batch, kind] = [Math.floor(i / classes), i % classes];
      const own = corners.subarray(batch * count * 4, (batch + 1) * count * 4);
      for (const box of pickBoxes(own, values.subarray(i * count, (i + 1) * count), settings)) {
        rows.push(BigInt(batch), BigInt(kind), BigInt(box));
      }
    }
    return tensor("i64", [rows.length / 3, 3], BigInt64Array.from(rows));
  },
});

/** The boxes as [least y, least x, greatest y, greatest x]. */
function toCorners(boxes: NumberArray, centerBoxes: boolean): Float64Array {
  const corners = new Float64Array(boxes.length);
  for (let i = 0; i < boxes.length; i += 4) {
    const [a, b, c, d] = [boxes[i]!, boxes[i + 1]!, boxes[i + 2]!, boxes[i + 3]!];
    if (centerBoxes) corners.set([b - d / 2, a - c / 2, b + d / 2, a + c / 2], i);
    else corners.set([Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)], i);
  }
  return corners;
}

interface Settings {
  readonly limit: number;
  readonly overlap: number;
  readonly least: number;
}

function pickBoxes(boxes: Float64Array, scores: NumberArray, { limit, overlap, least }: Settings): number[] {
  const picked: number[] = [];
  const candidates = Array.from({ length: scores.length }, (_unused, i) => i).filter((i) => scores[i]! > least);
  candidates.sort((a, b) => scores[b]! - scores[a]! || a - b);
  for (const box of candidates) {
    if (picked.length >= limit) break;
    if (picked.every((other) => !overlaps(boxes, box, other, overlap))) picked.push(box);
  }
  return picked;
}

/** Whether the intersection of two boxes is more than `share` of their union. */
function overlaps(boxes: Float64Array, a: number, b: number, share: number): boolean {
  const area = (i: number) => (boxes[i * 4 + 2]! - boxes[i * 4]!) * (boxes[i * 4 + 3]! - boxes[i * 4 + 1]!);
  const shared = (axis: number) =>
    Math.max(
      0,
      Math.min(boxes[a * 4 + axis + 2]!, boxes[b * 4 + axis + 2]!) -
        Math.max(boxes[a * 4 + axis]!, boxes[b * 4 + axis]!),
    );
  const intersection = shared(0) * shared(1);
  const union = area(a) + area(b) - intersection;
  return area(a) > 0 && area(b) > 0 && intersection > 0 && intersection / union > share;
}
