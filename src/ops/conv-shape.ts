import { isAbsent } from "../graph/leaves.ts";
import type { TensorType } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { mulDims, subDims } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** The shapes of a convolution's operands, both of known rank, once they are known to fit. */
export interface ConvOperands {
  readonly x: readonly Dim[];
  readonly w: readonly Dim[];
}

const differ = (a: Dim | undefined, b: Dim | undefined): boolean => {
  const difference = subDims(a as Dim, b as Dim);
  return typeof difference === "number" && difference !== 0;
};

/**
 * Checks x[batch, channels, ...spatial] against w and bias; undefined when a rank is unknown. w is [outputs,
 * channels / group, ...kernel], for a transposed convolution [channels, outputs / group, ...kernel]. Throws ShapeError naming the types.
 */
export function convOperands(
  x: Value,
  w: Value,
  bias: Value,
  { group, isTransposed }: { group: number; isTransposed: boolean },
): ConvOperands | undefined {
  const [xType, wType] = [tensorOperand(x, "x"), tensorOperand(w, "w")];
  if (!Number.isInteger(group) || group < 1) throw new ShapeError(`group must be a positive integer, got ${group}.`);
  if (xType.shape === undefined || wType.shape === undefined) return undefined;
  const fail = (why: string): never => {
    const biasText = isAbsent(bias) ? "" : `, bias ${formatType(bias.type)}`;
    throw new ShapeError(`${why}: x ${formatType(xType)}, w ${formatType(wType)}${biasText}, group ${group}.`);
  };
  const [xShape, wShape] = [xType.shape, wType.shape];
  if (xShape.length < 3 || xShape.length !== wShape.length) fail("x and w must have the same rank, at least 3");
  const channels = isTransposed ? (wShape[0] as Dim) : mulDims(wShape[1] as Dim, group);
  if (differ(xShape[1], channels)) fail("the channels of x and w differ");
  const outputs = isTransposed ? mulDims(wShape[1] as Dim, group) : (wShape[0] as Dim);
  if (typeof outputs === "number" && outputs % group !== 0) fail("the output channels are not a multiple of group");
  checkBias(bias, outputs, fail);
  return { x: xShape, w: wShape };
}

function checkBias(bias: Value, outputs: Dim, fail: (why: string) => never): void {
  if (isAbsent(bias)) return;
  const { shape }: TensorType = tensorOperand(bias, "bias");
  if (shape === undefined) return;
  if (shape.length !== 1 || differ(shape[0], outputs)) fail("bias must have one element an output channel");
}
