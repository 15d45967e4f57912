import type { OnnxNode } from "../formats/onnx/node.ts";
import type { OnnxInputs, OnnxOps } from "../formats/onnx/onnx-op.ts";
import { onnxOps } from "../formats/onnx/onnx-op.ts";
import { isAbsent } from "../graph/leaves.ts";
import { tensorType } from "../graph/type.ts";
import type { Attributes } from "../graph/value.ts";
import { op } from "../ops/op.ts";
import { addOp } from "../ops/registered.ts";
import { tensorOperand } from "../ops/tensor-operand.ts";
import { describeFeed } from "../runtime/describe-feed.ts";
import { isTensor } from "../tensor/datum.ts";
import type { Dim } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { dtypeNames } from "../tensor/dtype.ts";
import { FormatError, LanewiseError, UsageError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount, storageLength } from "../tensor/tensor.ts";

/** A tensor's dtype and shape; dims may be symbolic, and the shape is undefined where the rank is unknown. */
export interface TensorFacts {
  readonly dtype: DType;
  readonly shape: readonly Dim[] | undefined;
}

/** Attributes by name. */
export type CustomAttributes = Readonly<Record<string, number | string | readonly number[] | readonly string[]>>;

/** An operator in TypeScript: one result, that follows from inputs and attributes alone. */
export interface CustomOp<A extends CustomAttributes = CustomAttributes> {
  /** The names of the attributes that nodes may carry, with their defaults; the default's type is the attribute's. */
  readonly attributes?: A;
  /** How many inputs a node has; 1 when left out. */
  readonly inputs?: number;
  /** The result's dtype and shape from the inputs'. Dims are computed by addDims, mulDims and the like; unknownDim is one that follows from data. */
  readonly infer: (inputs: readonly TensorFacts[], attributes: A) => TensorFacts;
  /** The result. Must not write to its inputs. */
  readonly eval: (inputs: readonly Tensor[], attributes: A) => Tensor;
}

const mappings = new Map<string, OnnxOps>();

/**
 * The mappings of the operators registered so far.
 * @internal
 */
export const registeredMappings = (): readonly OnnxOps[] => [...mappings.values()];

/**
 * Adds an operator written in TypeScript: nodes `domain.name` of models loaded from now on run it. "" and "ai.onnx" are the default
 * domain. It takes the place of one registered before or built in under that name; models that are loaded keep theirs. Throws
 * UsageError for a definition that is none.
 */
export function registerOp<A extends CustomAttributes = CustomAttributes>(
  domain: string,
  name: string,
  definition: CustomOp<A>,
): void {
  const key = `${domain === "" ? "ai.onnx" : domain}:${name}`;
  checkDefinition(domain, name, definition);
  const { inputs = 1 } = definition;
  const defaults = definition.attributes ?? ({} as A);
  const operandNames = Array.from({ length: inputs }, (_unused, i) => `input ${i}`);
  const inferred = (facts: readonly TensorFacts[], attributes: A) =>
    checkFacts(calling("its infer", () => definition.infer(facts, attributes)));
  const custom = op(key, operandNames, {
    infer(operands, attributes: Attributes) {
      const facts = operands.map((value, i) => tensorOperand(value, `input ${i}`));
      const { dtype, shape } = inferred(facts, attributes as A);
      return tensorType(dtype, shape);
    },
    eval(data, attributes: Attributes) {
      const tensors = data as unknown as readonly Tensor[];
      const result = calling("its eval", () => definition.eval(tensors, attributes as A));
      checkResult(result, inferred(tensors, attributes as A));
      return result;
    },
  });
  addOp(custom);
  const map = (values: OnnxInputs, node: OnnxNode) => {
    const read = Object.entries(defaults).map(([each, otherwise]) => [each, readAttribute(node, each, otherwise)]);
    checkInputs(values, inputs);
    return custom(...(values.slice(0, inputs) as never[]), Object.fromEntries(read) as never);
  };
  mappings.set(key, onnxOps({ [name]: map }, domain === "ai.onnx" ? "" : domain));
}

function checkDefinition(domain: string, name: string, definition: object): void {
  const fail = (what: string, wanted: string, value: unknown) =>
    new UsageError(`registerOp: ${what} must be ${wanted}, got ${describeFeed(value)}.`);
  if (typeof domain !== "string") throw fail("the domain", 'a string such as "my.domain"', domain);
  if (typeof name !== "string" || name === "") throw fail("the name", "the operator's name in ONNX files", name);
  if (typeof definition !== "object" || definition === null) {
    throw fail("the definition", "an object { infer, eval }", definition);
  }
  const { inputs = 1, infer, eval: evaluate }: { readonly [K in keyof CustomOp]?: unknown } = definition;
  if (!Number.isInteger(inputs) || Number(inputs) < 0) throw fail("inputs", "a whole number of 0 or more", inputs);
  if (typeof infer !== "function") throw fail("infer", "a function", infer);
  if (typeof evaluate !== "function") throw fail("eval", "a function", evaluate);
}

/** Runs a function of the definition; what it throws becomes the cause of a UsageError, unless it is an error of lanewise. */
function calling<T>(what: string, fn: () => T): T {
  try {
    return fn();
  } catch (cause) {
    if (cause instanceof LanewiseError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${what} failed: ${why}. See the cause of this error.`, { cause });
  }
}

function checkFacts(facts: TensorFacts): TensorFacts {
  const isFacts = typeof facts === "object" && facts !== null && dtypeNames.includes(facts.dtype);
  if (isFacts && (facts.shape === undefined || Array.isArray(facts.shape))) return facts;
  throw new UsageError(
    `its infer must return { dtype, shape }, with a list of dims or undefined as the shape; got ${describeFacts(facts)}. The dtypes are ${dtypeNames.join(", ")}.`,
  );
}

function describeFacts(facts: TensorFacts): string {
  if (typeof facts !== "object" || facts === null) return describeFeed(facts);
  return `{ dtype: ${describeFeed(facts.dtype)}, shape: ${describeFeed(facts.shape)} }`;
}

/** What is not of its inferred type would be read as something else by the steps that follow. */
function checkResult(result: unknown, { dtype, shape }: TensorFacts): void {
  const wanted = `${dtype}${shape === undefined ? "[...]" : formatShape(shape)}`;
  const isFitting =
    isTensor(result) &&
    result.dtype === dtype &&
    (shape === undefined ||
      (result.shape.length === shape.length &&
        result.shape.every((dim, i) => dim === shape[i] || typeof shape[i] !== "number")));
  if (!isFitting) {
    throw new UsageError(`its infer says ${wanted}, but its eval gave ${describeFeed(result)}. Make them agree.`);
  }
  const slots = storageLength(dtype, elementCount(result.shape));
  if (result.data.length === slots) return;
  throw new UsageError(
    `its eval gave ${describeFeed(result)} with data of length ${result.data.length}; that shape needs ${slots}.`,
  );
}

function checkInputs(values: OnnxInputs, inputs: number): void {
  const given = values.findLastIndex((value) => !isAbsent(value)) + 1;
  if (given <= inputs) return;
  throw new FormatError(
    `the node has ${given} inputs, but the operator was registered with ${inputs}. Register it with inputs: ${given}.`,
  );
}

function readAttribute(node: OnnxNode, key: string, otherwise: CustomAttributes[string]): CustomAttributes[string] {
  if (typeof otherwise === "string") return node.string(key, otherwise);
  if (typeof otherwise === "number") {
    return node.kindOf(key) === "int" ? node.int(key, otherwise) : node.float(key, otherwise);
  }
  if (node.kindOf(key) === "strings" || typeof otherwise[0] === "string") return node.strings(key) ?? otherwise;
  return (node.kindOf(key) === "ints" ? node.ints(key) : node.floats(key)) ?? otherwise;
}
