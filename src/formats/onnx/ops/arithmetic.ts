import { constant, isAbsent } from "../../../graph/leaves.ts";
import { formatType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { abs } from "../../../ops/abs.ts";
import { add } from "../../../ops/add.ts";
import { ceil } from "../../../ops/ceil.ts";
import { clip } from "../../../ops/clip.ts";
import { div } from "../../../ops/div.ts";
import { erf } from "../../../ops/erf.ts";
import { exp } from "../../../ops/exp.ts";
import { floor } from "../../../ops/floor.ts";
import { log } from "../../../ops/log.ts";
import { max } from "../../../ops/max.ts";
import { min } from "../../../ops/min.ts";
import { mod } from "../../../ops/mod.ts";
import { mul } from "../../../ops/mul.ts";
import { neg } from "../../../ops/neg.ts";
import { pow } from "../../../ops/pow.ts";
import { reciprocal } from "../../../ops/reciprocal.ts";
import { round } from "../../../ops/round.ts";
import { sign } from "../../../ops/sign.ts";
import { sqrt } from "../../../ops/sqrt.ts";
import { sub } from "../../../ops/sub.ts";
import { tensorOperand } from "../../../ops/tensor-operand.ts";
import type { DType } from "../../../tensor/dtype.ts";
import { dtypes, isFloat } from "../../../tensor/dtype.ts";
import { FormatError } from "../../../tensor/errors.ts";
import { fromNumbers } from "../../../tensor/numbers.ts";
import { onnxOps } from "../onnx-op.ts";
import { alignToAxis, givenInputs, manyOperands, oneOperand, twoOperands } from "./elementwise.ts";
import { castTo, dtypeOf } from "./precision.ts";

export const arithmetic = onnxOps({
  Abs: oneOperand(abs),
  Add: twoOperands(add),
  Affine: ([x], node) => add(mul(x, node.float("alpha", 1)), node.float("beta", 0)),
  Ceil: oneOperand(ceil),
  Clip: {
    1: ([x], node) => {
      node.ignore("consumed_inputs");
      return clipTo(x, node.float("min"), node.float("max"));
    },
    11: ([x, least, greatest]) => clipTo(x, least, greatest),
  },
  Div: twoOperands(div),
  Erf: oneOperand(erf),
  Exp: oneOperand(exp),
  Floor: oneOperand(floor),
  ImageScaler: ([x], node) => {
    const bias = node.floats("bias") ?? [];
    const offsets = constant(fromNumbers(tensorOperand(x, "x").dtype, [bias.length], bias));
    return add(mul(x, node.float("scale", 1)), alignToAxis(x, offsets, 1));
  },
  Log: oneOperand(log),
  Max: manyOperands(max),
  Mean: (inputs, node) => div(manyOperands(add)(inputs, node) as Value, givenInputs(inputs).length),
  Min: manyOperands(min),
  Mod: ([a, b], node) => (node.flag("fmod", false) ? mod(a, b, { truncated: true }) : mod(a, b)),
  Mul: twoOperands(mul),
  Neg: oneOperand(neg),
  Pow: twoOperands(power),
  Reciprocal: oneOperand(reciprocal),
  Round: oneOperand(round),
  Scale: ([x], node) => mul(x, node.float("scale", 1)),
  Sign: oneOperand(sign),
  Sqrt: oneOperand(sqrt),
  Sub: twoOperands(sub),
  Sum: manyOperands(add),
});

/** x within bounds that may be left out; without any, x itself. */
function clipTo(x: Value, least: Value | number | undefined, greatest: Value | number | undefined): Value {
  const isGiven = (bound: Value | number | undefined) =>
    bound !== undefined && (typeof bound === "number" || !isAbsent(bound));
  return isGiven(least) || isGiven(greatest) ? clip(x, least, greatest) : x;
}

/** Base and exponent may differ in dtype: computed in one that holds both, and cast back to the base's. */
function power(base: Value, exponent: Value): Value {
  const [a, b] = [dtypeOf(base), dtypeOf(exponent)];
  if (dtypes[b].kind === "complex" || dtypes[b].kind === "string") {
    throw new FormatError(`the exponent must be numeric, got ${formatType(exponent.type)}.`);
  }
  const common = a === b ? a : commonDType(a, b);
  return castTo(pow(castTo(base, common), castTo(exponent, common)), a);
}

function commonDType(base: DType, exponent: DType): DType {
  if (isFloat(base)) return isFloat(exponent) && dtypes[exponent].bits > dtypes[base].bits ? exponent : base;
  if (isFloat(exponent)) return "f64";
  return base === "u64" ? "u64" : "i64";
}
