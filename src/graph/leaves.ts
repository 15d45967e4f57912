import type { Dim } from "../tensor/dim.ts";
import { dimToString, symbol, unknownDim } from "../tensor/dim.ts";
import { invariant, ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import { keepElements } from "../tensor/stored-tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor as makeTensor } from "../tensor/tensor.ts";
import { elementNames } from "./element-names.ts";
import type { Op } from "./op.ts";
import { currentOrigin } from "./origin.ts";
import type { Type } from "./type.ts";
import { formatType, tensorType } from "./type.ts";
import type { Value } from "./value.ts";

// The operators of the graph language itself: inputs, constants, symbolic vectors, missing operands, results of tuples.

const leafOp = (name: string, rest: Partial<Op>): Op => ({
  name,
  operandNames: [],
  commutative: false,
  pure: true,
  view: false,
  infer: (_operands, attributes) => attributes["type"] as Type,
  eval() {
    invariant(false, `a ${name} has no eval of its own.`);
  },
  ...rest,
});

/** The elements of a small integer input of a graph that is no body are symbols, which stand for any integer. */
export const inputOp: Op = leafOp("input", {
  pure: false,
  dims: (_operands, { name, type, isOuter }) =>
    isOuter === true ? elementNames(name as string, type as Type)?.map(symbol) : undefined,
});

/**
 * An input of a graph. Inputs are compared by identity: two inputs of one name and type are different values. `isOuter` says that the graph
 * is no body: the elements of small integer inputs may then stand in dims, by the name of the input.
 */
export const input = (name: string, type: Type, isOuter = false): Value => ({
  op: inputOp,
  attributes: { name, type, ...(isOuter && { isOuter }) },
  operands: [],
  origin: name,
  type,
});

export const constantOp: Op = leafOp("constant", {
  infer: (_operands, { value }) => tensorType((value as Tensor).dtype, (value as Tensor).shape),
  eval: (_inputs, { value }) => keepElements(value as Tensor),
});

/** A tensor known when the graph is built. */
export const constant = (value: Tensor): Value => ({
  op: constantOp,
  attributes: { value },
  operands: [],
  origin: currentOrigin(),
  type: tensorType(value.dtype, value.shape),
});

const int64Vector = (values: readonly number[]): Tensor =>
  makeTensor(
    "i64",
    [values.length],
    BigInt64Array.from(values, (value) => BigInt(value)),
  );

export const dimsOp: Op = leafOp("dims", {
  infer: (_operands, { dims }) => tensorType("i64", [(dims as unknown as readonly Dim[]).length]),
  eval: (_inputs, { dims }, context) => int64Vector((dims as unknown as readonly Dim[]).map((dim) => context.dim(dim))),
  dims: (_operands, { dims }) => dims as unknown as readonly Dim[],
});

/** An i64 vector of dims: a constant where all are numbers, else the symbolic literal that shape arithmetic folds to. Throws ShapeError for numbers that no i64 holds. */
export function dims(values: readonly Dim[]): Value {
  const odd = values.find((value) => typeof value === "number" && !Number.isSafeInteger(value));
  if (odd !== undefined) throw new ShapeError(`sizes must be whole numbers, got ${formatShape(values)}.`);
  if (values.every((value) => typeof value === "number")) return constant(int64Vector(values as readonly number[]));
  invariant(!values.includes(unknownDim), "an unknown dim has no place in a literal of dims.");
  return {
    op: dimsOp,
    attributes: { dims: values as never },
    operands: [],
    origin: currentOrigin(),
    type: tensorType("i64", [values.length]),
  };
}

/** Stands for an operand that was left out. */
export const absent: Value = {
  op: leafOp("absent", {}),
  attributes: {},
  operands: [],
  origin: "",
  type: { kind: "absent" },
};
export const isAbsent = (value: Value): boolean => value.type.kind === "absent";

export const pickOp: Op = leafOp("pick", {
  operandNames: ["tuple"],
  infer([tuple], { index }) {
    const type = tuple?.type;
    const item = type?.kind === "tuple" ? type.items[index as number] : undefined;
    if (item === undefined)
      throw new ShapeError(
        `result ${String(index)} of ${type === undefined ? "nothing" : formatType(type)} does not exist.`,
      );
    return item;
  },
  eval: ([tuple], { index }) => (tuple as readonly Tensor[])[index as number] as Tensor,
});

export const isConstant = (value: Value): boolean => value.op === constantOp;
/** The tensor of a constant, undefined for any other value. */
export const constantTensor = (value: Value): Tensor | undefined =>
  value.op === constantOp ? (value.attributes["value"] as Tensor) : undefined;

export const formatDims = (values: readonly Dim[]): string => `[${values.map(dimToString).join(", ")}]`;
