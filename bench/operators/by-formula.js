// @ts-check
import { elementCount, numbersOf, tensor } from "../lib/tensors.js";

/** @import { Tensor } from "../lib/tensors.js" */
/** @import { Case } from "./cases/make.js" */

/**
 * The output of an operator that broadcasts, by its formula in f64; undefined where elements are not numbers.
 * @param {Case} spec with a formula
 * @param {Readonly<Record<string, Tensor>>} like outputs whose dtype is taken
 * @returns {Record<string, Tensor> | undefined}
 */
export function expectedByFormula({ inputs, formula }, like) {
  const operands = inputs.flatMap((input) => (input === undefined ? [] : [input]));
  if (formula === undefined || operands.some(({ dtype }) => dtype === "string")) return undefined;
  const shape = broadcast(operands.map((operand) => operand.shape));
  const elements = operands.map((operand) => ({ values: numbersOf(operand), shape: operand.shape }));
  const results = Float64Array.from({ length: elementCount(shape) }, (_, i) =>
    formula(...elements.map(({ values, shape: from }) => values[placeIn(from, shape, i)])),
  );
  const [[name, { dtype }]] = Object.entries(like);
  return { [name]: tensor(dtype, shape, results) };
}

/** @param {readonly (readonly number[])[]} shapes */
function broadcast(shapes) {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const dims = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return dims.find((dim) => dim !== 1) ?? 1;
  });
}

/**
 * Where element i of a result lies in an operand that broadcasts to it.
 * @param {readonly number[]} from
 * @param {readonly number[]} to
 * @param {number} i
 */
function placeIn(from, to, i) {
  let place = 0;
  let stride = 1;
  let rest = i;
  for (let axis = 1; axis <= to.length; axis++) {
    const index = rest % to[to.length - axis];
    rest = Math.floor(rest / to[to.length - axis]);
    const dim = from[from.length - axis] ?? 1;
    if (dim !== 1) place += index * stride;
    stride *= dim;
  }
  return place;
}
