import { contextFor } from "../../graph/evaluate.ts";
import { isGraph } from "../../graph/graph.ts";
import { constant, constantOp, constantTensor, isAbsent, pickOp } from "../../graph/leaves.ts";
import type { Simplifier } from "../../graph/rewrite.ts";
import type { Value } from "../../graph/value.ts";
import { isTensor } from "../../tensor/datum.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { LanewiseError } from "../../tensor/errors.ts";
import { loadElements, reinterpret, storedBytes } from "../../tensor/stored-tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";

/** A folded result may take this much, or twice what its operands take: folding must not blow a model up. */
const freeBytes = 2 ** 16;
const growth = 2;

/** Evaluates operators whose operands are all constants. Errors are left for the run, which names the node. */
export const foldConstants: Simplifier = {
  name: "fold-constants",
  apply(value) {
    if (value.op === constantOp) return undefined;
    const source = value.op === pickOp ? (value.operands[0] as Value) : value;
    if (!isFoldable(source) || value.type.kind !== "tensor" || isTooLarge(value, source)) return undefined;
    const result = viewed(source) ?? evaluate(source);
    const picked =
      value === source ? result : (result as readonly Tensor[] | undefined)?.[value.attributes["index"] as number];
    return isTensor(picked) ? constant(picked) : undefined;
  },
};

function isFoldable({ op, operands, attributes }: Value): boolean {
  if (!op.pure || operands.length === 0 || Object.values(attributes).some(isGraph)) return false;
  return (
    operands.every((operand) => operand.op === constantOp || isAbsent(operand)) &&
    operands.some((o) => o.op === constantOp)
  );
}

const bytesOf = (held: Tensor): number => bytesFor(held.dtype, elementCount(held.shape));

function isTooLarge({ type }: Value, source: Value): boolean {
  if (type.kind !== "tensor" || type.shape === undefined || !type.shape.every((dim) => typeof dim === "number"))
    return false;
  const held = source.operands.map(constantTensor).filter((tensor) => tensor !== undefined);
  const operandBytes = held.reduce((sum, tensor) => sum + bytesOf(tensor), 0);
  return bytesFor(type.dtype, elementCount(type.shape as number[])) > Math.max(freeBytes, growth * operandBytes);
}

/** A view of a constant that holds no elements needs none either. */
function viewed({ op, operands, type }: Value): Tensor | undefined {
  const held = constantTensor(operands[0] as Value);
  const shape = type.kind === "tensor" ? type.shape : undefined;
  if (!op.view || held === undefined || storedBytes(held) === undefined) return undefined;
  const isKnown = shape?.every((dim) => typeof dim === "number") && elementCount(shape) === elementCount(held.shape);
  return isKnown ? reinterpret(held, held.dtype as "f32", shape as number[]) : undefined;
}

function evaluate({ op, operands, attributes }: Value) {
  try {
    const held = operands.map(constantTensor).map((tensor) => tensor && loadElements(tensor));
    return op.eval(held, attributes, contextFor(new Map()));
  } catch (error) {
    if (error instanceof LanewiseError) return undefined;
    throw error;
  }
}
