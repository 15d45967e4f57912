import { knownDims, knownNumbers } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import { isInteger } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { tensor } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { indexNumbers } from "./index-operand.ts";
import { op } from "./op.ts";
import { takeEntries } from "./take-entries.ts";
import { tensorOperand } from "./tensor-operand.ts";

type GatherAttributes = { readonly axis: number };

/** x's entries along `axis` at `indices`, whose shape takes the place of that axis. Indices below 0 count from the end. */
export const gather = op("gather", ["x", "indices"], {
  infer([x, indices], { axis }: GatherAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    const places = indexTensor(indices, "indices").shape;
    if (shape === undefined) return tensorType(dtype, undefined);
    const at = resolveAxis(axis, shape.length);
    const wrong = outside(indices, shape[at]!);
    if (wrong !== undefined) {
      throw new ShapeError(`index ${wrong} is out of range for axis ${axis} of x ${formatType(x.type)}.`);
    }
    return tensorType(dtype, places && [...shape.slice(0, at), ...places, ...shape.slice(at + 1)]);
  },
  eval([x, indices], { axis }: GatherAttributes) {
    const at = resolveAxis(axis, x.shape.length);
    const places = indexNumbers(indices).map((index) => resolveIndex(index, x.shape[at]!, `axis ${axis} of x`));
    const { dtype, data } = takeEntries(x, at, places);
    return tensor(dtype, [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)], data);
  },
  dims([x, indices]) {
    const [elements, places] = [knownDims(x), knownNumbers(indices)];
    return elements && places?.map((place) => elements.at(place)!);
  },
});

/** The type of an operand that holds indices. Throws ShapeError when it is no integer tensor. */
export function indexTensor(value: Value, name: string) {
  const type = tensorOperand(value, name);
  if (isInteger(type.dtype)) return type;
  throw new ShapeError(`${name} must be an integer tensor, got ${formatType(type)}.`);
}

function outside(indices: Value, length: unknown): number | undefined {
  if (typeof length !== "number") return undefined;
  return knownNumbers(indices)?.find((index) => index < -length || index >= length);
}

/** The index counted from the front. Throws ShapeError outside [-length, length). */
export function resolveIndex(index: number, length: number, what: string): number {
  if (index >= -length && index < length) return index < 0 ? index + length : index;
  throw new ShapeError(`index ${index} is out of range for ${what}, which has ${length} entries.`);
}
