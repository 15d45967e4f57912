/** What is done to each element of a sum before it is stored: bias, activation, and an expression that follows. */
import type { ArgumentKind } from "../../ir/arguments.ts";
import { vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import type { Activation } from "../../ops/activation.ts";
import { activations } from "../../ops/activation.ts";
import type { DType } from "../../tensor/dtype.ts";
import { emitOf, evaluateExpression, hasFormula } from "../elementwise/evaluate-expression.ts";
import type { Expression } from "../elementwise/expression.ts";
import { expressionKey } from "../elementwise/expression.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Place, StepFacts, TensorFacts } from "../schedule.ts";
import { operand } from "../schedule.ts";

/** How an operand of the expression lies beside the result [batch, channels, ...]: alike, one element a channel, or one for all. */
export type Extent = "all" | "channel" | "one";

export interface FinishExtra {
  readonly extent: Extent;
  readonly storage: Storage;
  readonly dtype: DType;
}

/** Says all that a kernel needs to know of what follows a sum. */
export interface Finish {
  readonly bias: Storage | undefined;
  readonly activation: Activation | undefined;
  readonly expression: Expression | undefined;
  readonly extras: readonly FinishExtra[];
  /** The dtype of the sum, as far as formulas are concerned. */
  readonly dtype: DType;
}

/** The finish of a step, the places of its arguments, and a key; or in words why there is none. */
export interface PlannedFinish {
  readonly finish: Finish;
  readonly words: Readonly<Record<string, Place>>;
  readonly key: string;
}

/** Nothing follows. */
export const noFinish: PlannedFinish = {
  finish: { bias: undefined, activation: undefined, expression: undefined, extras: [], dtype: "f32" },
  words: {},
  key: "",
};

export interface FinishSource {
  /** The number of the operand that holds the bias, where the operator has one. */
  readonly bias?: number;
  /** The dtype of the operator's own result; that of its first operand unless it says otherwise. */
  readonly dtype?: DType;
}

/** Plans what follows the sums of a step whose first result is [batch, channels, ...]. */
export function planFinish(step: StepFacts, { bias, dtype: made }: FinishSource = {}): PlannedFinish | string {
  const [y] = step.results;
  if (y === undefined) return "nobody uses the result";
  const activation = step.attributes["activation"] as Activation | undefined;
  const dtype = made ?? step.operands[0]?.dtype ?? y.dtype;
  if (y.dtype === "bool") return "a chain that ends in truths has no kernels";
  if (activation !== undefined && !hasFormula(activation, {}, { operands: [dtype], result: dtype }))
    return `${activation} has no formula for kernels`;
  const words: Record<string, Place> = {};
  const biasFacts = bias === undefined || bias >= step.extras ? undefined : step.operands[bias];
  if (biasFacts === undefined && activation === undefined && step.expression === undefined) return noFinish;
  const biasStorage = biasFacts && storageOf(biasFacts.dtype);
  if (biasFacts && bias !== undefined) words["bias"] = operand(bias);
  const extras: FinishExtra[] = [];
  const { expression } = step;
  for (let i = 1; i < (expression?.operands ?? 1); i++) {
    const facts = step.operands[step.extras + i - 1] as TensorFacts;
    const [extent, storage] = [extentOf(facts.shape, y.shape), storageOf(facts.dtype)];
    if (extent === undefined) return `an operand [${facts.shape}] beside [${y.shape}] has no kernels`;
    if (storage === undefined) return `${facts.dtype} has no kernels`;
    words[`extra${i - 1}`] = operand(step.extras + i - 1);
    extras.push({ extent, storage, dtype: facts.dtype });
  }
  const odd = expression && nodeWithoutFormula(expression, [dtype, ...extras.map((extra) => extra.dtype)]);
  if (odd) return `${odd} has no formula for kernels`;
  const finish = { bias: biasStorage, activation, expression, extras, dtype };
  const list = extras.map(({ extent, storage }) => `${extent} ${storage}`).join();
  const key = `${biasStorage ?? ""} ${activation ?? ""} ${expression ? expressionKey(expression) : ""} ${list} ${dtype}`;
  return { finish, words, key };
}

function nodeWithoutFormula({ nodes }: Expression, dtypes: readonly DType[]): string | undefined {
  const known = [...dtypes];
  for (const { op, attributes, inputs, dtype } of nodes) {
    if (!hasFormula(op, attributes, { operands: inputs.map((i) => known[i] as DType), result: dtype })) return op;
    known.push(dtype);
  }
  return undefined;
}

function extentOf(shape: readonly number[], result: readonly number[]): Extent | undefined {
  const lead = result.length - shape.length;
  if (lead < 0) return undefined;
  if (shape.every((extent) => extent === 1)) return "one";
  if (lead === 0 && shape.every((extent, d) => extent === result[d])) return "all";
  const isChannel = shape.every((extent, d) => extent === (d + lead === 1 ? result[1] : 1));
  return isChannel ? "channel" : undefined;
}

/** The arguments that a finish adds to a kernel's. */
export function finishSignature({ bias, extras }: Finish): Record<string, ArgumentKind<View>> {
  const signature: Record<string, ArgumentKind<View>> = {};
  if (bias) signature["bias"] = vector(bias);
  extras.forEach(({ storage }, i) => {
    signature[`extra${i}`] = vector(storage);
  });
  return signature;
}

/** The finish of one row of elements. */
export interface RowFinish {
  /** The finish of the elements from `i` on in the row. */
  readonly apply: (value: Node, i: Node | number, part?: Node) => Node;
}

export interface FinishRow {
  readonly finish: Finish;
  /** The kernel's arguments by name. */
  readonly args: unknown;
  /** The channel of the row, or of its first element where the row runs along channels. */
  readonly channel: Node;
  /** The place of the row's first element in the whole result. */
  readonly start: Node;
  /** Whether the row runs along channels that have one element each. */
  readonly isAcross?: boolean;
}

/** Loads what serves a whole row, and gives what is done to its elements. */
export function finishRow(k: Builder, { finish, args, channel, start, isAcross = false }: FinishRow): RowFinish {
  const views = args as Readonly<Record<string, View>>;
  const { bias, activation, expression, extras, dtype } = finish;
  const source = (view: View, extent: Extent): View | Node => {
    if (extent === "one") return k.loadSplat(view, 0);
    if (extent === "all") return k.viewAt(view, start);
    return isAcross ? k.viewAt(view, channel) : k.loadSplat(view, channel);
  };
  const addend = bias ? source(views["bias"] as View, "channel") : undefined;
  const others = extras.map(({ extent }, i) => source(views[`extra${i}`] as View, extent));
  return {
    apply(sum, i, part) {
      const loaded = (each: View | Node): Node => ("pointer" in each ? k.load(each, i, part) : each);
      let value = addend ? k.add(sum, loaded(addend)) : sum;
      if (activation) value = activate(k, activation, { value, dtype });
      if (expression === undefined) return value;
      const dtypes = [dtype, ...extras.map((extra) => extra.dtype)];
      return evaluateExpression(k, expression, { values: [value, ...others.map(loaded)], dtypes });
    },
  };
}

function activate(k: Builder, activation: Activation, { value, dtype }: { value: Node; dtype: DType }): Node {
  const emit = emitOf(activations[activation].name);
  return emit?.(k, [value], {}, { operands: [dtype], result: dtype }) as Node;
}
