import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { addDims } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { op } from "./op.ts";
import { copyRun, fromSlots, newSlots, slotsOf } from "./slots.ts";
import { tensorOperand } from "./tensor-operand.ts";

type ConcatAttributes = { readonly axis: number };

/** The operands one after the other along `axis` (which may count from the back). */
export const concat = op("concat", ["...xs"], {
  infer: (xs, { axis }: ConcatAttributes) => tensorType(commonDType(xs), concatenatedDims(xs, axis)),
  eval: (xs, { axis }: ConcatAttributes) => concatTensors(xs, axis),
  dims(xs) {
    const parts = xs.map(knownDims);
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  },
});

const formatTypes = (xs: readonly Value[]): string => xs.map((x) => formatType(x.type)).join(", ");

function commonDType(xs: readonly Value[]) {
  const [dtype, ...others] = xs.map((x, i) => tensorOperand(x, `operand ${i}`).dtype);
  if (dtype !== undefined && others.every((other) => other === dtype)) return dtype;
  throw new ShapeError(`the operands must be tensors of one dtype, got ${formatTypes(xs) || "none"}.`);
}

function concatenatedDims(xs: readonly Value[], axis: number): readonly Dim[] | undefined {
  const shapes = xs.map((x, i) => tensorOperand(x, `operand ${i}`).shape);
  const known = shapes.filter((shape) => shape !== undefined);
  const [first] = known;
  if (first === undefined) return undefined;
  const at = resolveAxis(axis, first.length);
  const mismatch = () => new ShapeError(`the operands must agree except along axis ${axis}, got ${formatTypes(xs)}.`);
  if (known.some((shape) => shape.length !== first.length)) throw mismatch();
  if (known.length < xs.length) return undefined;
  return first.map((dim, i) => {
    const dims = known.map((shape) => shape[i]!);
    if (i === at) return dims.reduce(addDims);
    const number = dims.find((each) => typeof each === "number");
    if (dims.some((each) => typeof each === "number" && each !== number)) throw mismatch();
    return number ?? dim;
  });
}

/** Tensors of one dtype and rank, one after the other along an axis. */
export function concatTensors(xs: readonly Tensor[], axis: number): Tensor {
  const [{ dtype, shape: first }] = xs as readonly [Tensor, ...Tensor[]];
  const at = resolveAxis(axis, first.length);
  const length = xs.reduce((sum, x) => sum + x.shape[at]!, 0);
  const agree = xs.every((x) => x.shape.length === first.length && x.shape.every((d, i) => i === at || d === first[i]));
  if (!agree) {
    const shapes = xs.map((x) => formatShape(x.shape)).join(", ");
    throw new ShapeError(`the operands must agree except along axis ${axis}, got shapes ${shapes}.`);
  }
  const shape = first.with(at, length);
  const target = newSlots(dtype, elementCount(shape));
  const rows = elementCount(shape.slice(0, at));
  const pitch = elementCount(shape.slice(at)) * target.width;
  let to = 0;
  for (const x of xs) {
    const { data } = slotsOf(x);
    const run = elementCount(x.shape.slice(at)) * target.width;
    for (let row = 0; row < rows; row++) copyRun(data, row * run, target.data, row * pitch + to, run);
    to += run;
  }
  return fromSlots(target, shape);
}
