import type { OnnxNode } from "../formats/onnx/node.ts";
import type { OnnxInputs, OnnxOps } from "../formats/onnx/onnx-op.ts";
import { onnxOps } from "../formats/onnx/onnx-op.ts";
import { isAbsent } from "../graph/leaves.ts";
import type { TensorType } from "../graph/type.ts";
import { formatType, tensorType } from "../graph/type.ts";
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
import { broadcastShapes, formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount, storageLength } from "../tensor/tensor.ts";
import type { Formula, FormulaInputs, FormulaOperand } from "./formula.ts";
import type { SettledFormula } from "./formula-op.ts";
import { checkFormula, emitFormula, evalFormula, inferFormula } from "./formula-op.ts";

/** A tensor's dtype and shape; dims may be symbolic, and the shape is undefined where the rank is unknown. */
export interface TensorFacts {
  readonly dtype: DType;
  readonly shape: readonly Dim[] | undefined;
}

/** Attributes by name. */
export type CustomAttributes = Readonly<Record<string, number | string | readonly number[] | readonly string[]>>;

interface CustomOpParts<A extends CustomAttributes> {
  /** The names of the attributes that nodes may carry, with their defaults; the default's type is the attribute's. */
  readonly attributes?: A;
  /** How many inputs a node has; 1 when left out. */
  readonly inputs?: number;
}

/** An operator by its type rule and its meaning. */
export interface EvaluatedOp<A extends CustomAttributes = CustomAttributes> extends CustomOpParts<A> {
  /** The result's dtype and shape from the inputs'. Dims are computed by addDims, mulDims and the like; unknownDim is one that follows from data. */
  readonly infer: (inputs: readonly TensorFacts[], attributes: A) => TensorFacts;
  /** The result. Must not write to its inputs. */
  readonly eval: (inputs: readonly Tensor[], attributes: A) => Tensor;
  readonly emit?: undefined;
}

/**
 * An operator by a formula on each element. The inputs have one float dtype and broadcast as numpy's do; the result has that dtype.
 * Every target compiles the formula, together with the elementwise operators before and after it.
 */
export interface FormulaOp<A extends CustomAttributes = CustomAttributes> extends CustomOpParts<A> {
  /** The formula, written with the operations of `k`; it is called once for each program that is made, not once an element. */
  readonly emit: (k: Formula, inputs: FormulaInputs, attributes: A) => FormulaOperand;
  /** The type rule, where it says more than that: it must not say otherwise. */
  readonly infer?: EvaluatedOp<A>["infer"];
  /** The meaning, for where no kernel runs; when left out, the formula in f64, rounded once. */
  readonly eval?: EvaluatedOp<A>["eval"];
}

/** An operator in TypeScript: one result, that follows from inputs and attributes alone. */
export type CustomOp<A extends CustomAttributes = CustomAttributes> = EvaluatedOp<A> | FormulaOp<A>;

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
  const custom = definition.emit === undefined ? evaluatedOp(key, definition) : formulaOp(key, definition);
  addOp(custom);
  const map = (values: OnnxInputs, node: OnnxNode) => {
    const read = Object.entries(defaults).map(([each, otherwise]) => [each, readAttribute(node, each, otherwise)]);
    checkInputs(values, inputs);
    return custom(...(values.slice(0, inputs) as never[]), Object.fromEntries(read) as never);
  };
  mappings.set(key, onnxOps({ [name]: map }, domain === "ai.onnx" ? "" : domain));
}

const operandNamesOf = (inputs = 1): readonly string[] => Array.from({ length: inputs }, (_unused, i) => `input ${i}`);

function evaluatedOp<A extends CustomAttributes>(name: string, definition: EvaluatedOp<A>) {
  const inferred = (facts: readonly TensorFacts[], attributes: A) =>
    checkFacts(calling("its infer", () => definition.infer(facts, attributes)));
  return op(name, operandNamesOf(definition.inputs), {
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
}

/** How often each name was registered with a formula. */
const revisions = new Map<string, number>();

/** Compiled formulas are known by the operator's name, so one that is registered again has another. */
function formulaOp<A extends CustomAttributes>(key: string, definition: FormulaOp<A>) {
  const revision = (revisions.get(key) ?? 0) + 1;
  revisions.set(key, revision);
  const { inputs = 1, infer, eval: evaluate, emit } = definition;
  const settled =
    (attributes: unknown): SettledFormula =>
    (k, numbers) =>
      calling("its emit", () => emit(k, numbers, attributes as A));
  return op(revision === 1 ? key : `${key}#${revision}`, operandNamesOf(inputs), {
    infer(operands, attributes: Attributes) {
      checkFormula(inputs, settled(attributes));
      const type = inferFormula(operands);
      const facts = operands.map((value, i) => tensorOperand(value, `input ${i}`));
      if (infer !== undefined) checkAgrees(checkFacts(calling("its infer", () => infer(facts, attributes as A))), type);
      return type;
    },
    eval(data, attributes: Attributes) {
      const tensors = data as unknown as readonly Tensor[];
      const byFormula = () => evalFormula(tensors, settled(attributes));
      const result = evaluate ? calling("its eval", () => evaluate(tensors, attributes as A)) : byFormula();
      const [{ dtype }] = tensors as readonly [Tensor];
      checkResult(result, { dtype, shape: broadcastShapes(...tensors.map(({ shape }) => shape)) });
      return result;
    },
    emit: (k, operands, attributes: Attributes, types) => emitFormula(k, operands, settled(attributes), types),
  });
}

/** An operator with a formula is elementwise. */
function checkAgrees({ dtype, shape }: TensorFacts, type: TensorType): void {
  const isAlike = shape === undefined || type.shape === undefined || shape.length === type.shape.length;
  const differs = (dim: Dim, i: number) => {
    const other = type.shape?.[i];
    return typeof dim === "number" && typeof other === "number" && dim !== other;
  };
  if (dtype === type.dtype && isAlike && !shape?.some(differs)) return;
  throw new UsageError(
    `its infer says ${dtype}${shape === undefined ? "[...]" : formatShape(shape)}, but its formula gives ${formatType(type)}. Leave infer out, or emit.`,
  );
}

function checkDefinition(domain: string, name: string, definition: object): void {
  const fail = (what: string, wanted: string, value: unknown) =>
    new UsageError(`registerOp: ${what} must be ${wanted}, got ${describeFeed(value)}.`);
  if (typeof domain !== "string") throw fail("the domain", 'a string such as "my.domain"', domain);
  if (typeof name !== "string" || name === "") throw fail("the name", "the operator's name in ONNX files", name);
  if (typeof definition !== "object" || definition === null) {
    throw fail("the definition", "an object { infer, eval } or { emit }", definition);
  }
  const { inputs = 1, infer, eval: evaluate, emit }: { readonly [K in keyof CustomOp]?: unknown } = definition;
  if (!Number.isInteger(inputs) || Number(inputs) < 0) throw fail("inputs", "a whole number of 0 or more", inputs);
  const hasFormula = emit !== undefined;
  if (hasFormula && typeof emit !== "function") throw fail("emit", "a function", emit);
  if (hasFormula && inputs === 0) throw fail("inputs", "1 or more for a formula", inputs);
  if (typeof infer !== "function" && !(hasFormula && infer === undefined)) throw fail("infer", "a function", infer);
  if (typeof evaluate !== "function" && !(hasFormula && evaluate === undefined))
    throw fail("eval", "a function", evaluate);
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
