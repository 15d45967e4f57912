import { construct } from "../../graph/construct.ts";
import { knownDims } from "../../graph/known-dims.ts";
import { constantTensor } from "../../graph/leaves.ts";
import type { Op } from "../../graph/op.ts";
import type { Value } from "../../graph/value.ts";
import { cast } from "../../ops/cast.ts";
import { concat } from "../../ops/concat.ts";
import { cos } from "../../ops/cos.ts";
import { div } from "../../ops/div.ts";
import { expand } from "../../ops/expand.ts";
import { gather } from "../../ops/gather.ts";
import { mul } from "../../ops/mul.ts";
import { neg } from "../../ops/neg.ts";
import { reshape } from "../../ops/reshape.ts";
import { sin } from "../../ops/sin.ts";
import { slice } from "../../ops/slice.ts";
import { squeeze } from "../../ops/squeeze.ts";
import { transpose } from "../../ops/transpose.ts";
import { unsqueeze } from "../../ops/unsqueeze.ts";
import { isUnknownDim } from "../../tensor/dim.ts";
import { numbers } from "../../tensor/numbers.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { scalarNumber } from "../scalar-number.ts";
import { rankOf, shapeOf } from "../shape-of.ts";

const elementwise: ReadonlySet<Op> = new Set<Op>([cast, cos, sin, neg]);
const reshaping: ReadonlySet<Op> = new Set<Op>([reshape, squeeze, unsqueeze]);

/**
 * The first half, along the last axis, of a table of angles whose halves are certainly equal: built from the first halves of what
 * it is computed from. Undefined where that is not known.
 */
export function halfTable(table: Value): Value | undefined {
  const rank = rankOf(table) ?? 0;
  return rank === 0 ? undefined : halfAlong(table, rank - 1);
}

function halfAlong(table: Value, axis: number): Value | undefined {
  const { op, operands, attributes } = table;
  const size = shapeOf(table)?.[axis];
  const [first, second] = operands;
  if (typeof size !== "number" || size % 2 !== 0) return undefined;
  if (constantTensor(table) !== undefined) return halfConstant(table, axis, size);
  if (op === concat) return operands.length === 2 && first === second && axisOf(table) === axis ? first : undefined;
  const inner = first && innerAxis(table, first, axis);
  const half = inner === undefined ? undefined : halfAlong(first as Value, inner);
  if (half === undefined) return undefined;
  if (reshaping.has(op) || op === expand) return reshaped(table, half, size / 2);
  return construct(op, [half, ...operands.slice(1)], attributes) as Value;
}

/** The axis of `first`, the first operand of `table`, that becomes the given axis of the result unchanged; undefined where there is none, or `table` does more than move or map elements. */
function innerAxis(table: Value, first: Value, axis: number): number | undefined {
  const { op, operands, attributes } = table;
  const [rank, inner] = [rankOf(table) ?? 0, rankOf(first) ?? 0];
  if (elementwise.has(op)) return axis;
  if (op === mul || op === div)
    return operands[1] && scalarNumber(operands[1]) !== undefined && rank === inner ? axis : undefined;
  if (op === transpose) return (attributes["permutation"] as readonly number[])[axis];
  if (axis !== rank - 1 || shapeOf(table)?.[axis] !== shapeOf(first)?.[inner - 1]) return undefined;
  if (reshaping.has(op) || op === expand) return inner - 1;
  const isKept = op === gather ? axisOf(table, inner) !== inner - 1 : op === slice && slicesOthers(table, axis);
  return isKept ? inner - 1 : undefined;
}

function axisOf(value: Value, rank = rankOf(value) ?? 0): number {
  const axis = value.attributes["axis"] as number;
  return axis < 0 ? axis + rank : axis;
}

/** True for a slice that takes all of an axis. */
function slicesOthers(table: Value, axis: number): boolean {
  const axes = table.operands[3] && knownDims(table.operands[3]);
  const rank = rankOf(table) ?? 0;
  return axes?.every((own) => typeof own === "number" && own !== axis && own !== axis - rank) ?? false;
}

/** A reshape or expansion that keeps the last axis, with half of that axis. */
function reshaped(table: Value, half: Value, size: number): Value | undefined {
  const shape = [...(shapeOf(table) ?? []).slice(0, -1), size];
  if (shape.some(isUnknownDim)) return undefined;
  return table.op === expand ? expand(half, shape) : reshape(half, shape);
}

function halfConstant(table: Value, axis: number, size: number): Value | undefined {
  const held = constantTensor(table);
  if (held === undefined || held.dtype === "string" || held.dtype === "c64" || held.dtype === "c128") return undefined;
  const elements = numbers(held);
  const inner = elementCount(held.shape.slice(axis + 1));
  const half = (size / 2) * inner;
  for (let block = 0; block < elements.length; block += 2 * half) {
    for (let i = block; i < block + half; i++) if (elements[i] !== elements[i + half]) return undefined;
  }
  return slice(table, [0], [size / 2], [axis], undefined);
}
