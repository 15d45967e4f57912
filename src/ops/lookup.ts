import { formatType, tensorType } from "../graph/type.ts";
import { isFloat, isPacked } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount, tensor } from "../tensor/tensor.ts";
import { concatTensors } from "./concat.ts";
import { op } from "./op.ts";
import { ofOneElement, scalarOperand } from "./scalar-operand.ts";
import { takeEntries } from "./take-entries.ts";
import { tensorOperand } from "./tensor-operand.ts";

/**
 * Each element of x replaced by the entry of `values` at whose place `keys` holds it, the last one where it is there more than once, or by
 * `otherwise` (one element) where it is not there. NaN is the same as NaN, -0 as 0.
 */
export const lookup = op("lookup", ["x", "keys", "values", "otherwise"], {
  infer([x, keys, values, otherwise]) {
    const [from, key] = [tensorOperand(x, "x"), tensorOperand(keys, "keys")];
    const [to, last] = [tensorOperand(values, "values"), scalarOperand(otherwise, "otherwise")];
    if (from.dtype === key.dtype && to.dtype === last.dtype) return tensorType(to.dtype, from.shape);
    throw new ShapeError(
      `keys must have the dtype of x and otherwise that of values, got x ${formatType(from)}, keys ${formatType(key)}, values ${formatType(to)}, otherwise ${formatType(last)}.`,
    );
  },
  eval([x, keys, values, otherwise]) {
    const count = elementCount(keys.shape);
    if (elementCount(values.shape) !== count) {
      throw new ShapeError(`there must be a value for each of the ${count} keys, got ${elementCount(values.shape)}.`);
    }
    const places = new Map<unknown, number>();
    Array.from(elementsOf(keys), (key, i) => places.set(key, i));
    const found = Array.from(elementsOf(x), (element) => places.get(element) ?? count);
    const all = concatTensors([reshaped(values, count), reshaped(ofOneElement(otherwise, "otherwise"), 1)], 0);
    const { dtype, data } = takeEntries(all, 0, found);
    return tensor(dtype, x.shape, data);
  },
});

const reshaped = (t: Tensor, count: number): Tensor => ({ ...t, shape: [count] });

/** The elements as keys of a Map, which takes NaN as equal to NaN and -0 to 0. */
const elementsOf = (t: Tensor): ArrayLike<unknown> & Iterable<unknown> =>
  isFloat(t.dtype) || isPacked(t.dtype) ? numbers(t) : t.data;
