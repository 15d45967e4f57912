// Composite operators compute in a wider float than the tensors they take, as their definitions ask.

import { constant, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { cast } from "../../../ops/cast.ts";
import { tensorOperand } from "../../../ops/tensor-operand.ts";
import type { DType } from "../../../tensor/dtype.ts";
import { dtypes, isFloat } from "../../../tensor/dtype.ts";
import { scalar } from "../../../tensor/numbers.ts";

export const dtypeOf = (value: Value): DType => tensorOperand(value, "an operand").dtype;

/** The value in another dtype; itself where it has that dtype already. */
export const castTo = (value: Value, to: DType): Value => (dtypeOf(value) === to ? value : cast(value, { to }));

/** The dtype in which sums over a dtype are computed: f32 for narrower floats, else the dtype itself. */
export const wideDType = (dtype: DType): DType => (isFloat(dtype) && dtypes[dtype].bits < 32 ? "f32" : dtype);

/** The same for formulas of floats: integers go through f64. */
export const floatDType = (dtype: DType): DType => (isFloat(dtype) ? wideDType(dtype) : "f64");

/** The value in the dtype in which sums over its own one are computed; one that is absent stays so. */
export const widened = (value: Value): Value => (isAbsent(value) ? value : castTo(value, wideDType(dtypeOf(value))));

/** Applies a formula in the wider dtype and rounds to the value's own one at the end. */
export const computeWide = (x: Value, formula: (wide: Value) => Value): Value =>
  castTo(formula(castTo(x, wideDType(dtypeOf(x)))), dtypeOf(x));

/** Applies a formula of floats to a value of any numeric dtype, and rounds to that dtype at the end. */
export const computeFloat = (x: Value, formula: (float: Value) => Value): Value =>
  castTo(formula(castTo(x, floatDType(dtypeOf(x)))), dtypeOf(x));

/** A scalar of the dtype that another value has. */
export const constantLike = (like: Value, value: number): Value => constant(scalar(dtypeOf(like), value));
