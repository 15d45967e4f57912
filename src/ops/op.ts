import { construct } from "../graph/construct.ts";
import type { Graph } from "../graph/graph.ts";
import { isAbsent } from "../graph/leaves.ts";
import type { EvalContext, Op } from "../graph/op.ts";
import type { Type } from "../graph/type.ts";
import type { Attributes, Operand, TermOf, Value } from "../graph/value.ts";
import type { Datum } from "../tensor/datum.ts";
import type { Dim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Emit, EmitWide } from "./emit.ts";
import { tensorOperand } from "./tensor-operand.ts";

type Names = readonly string[];
type IsMany<N extends Names> = N extends readonly [...string[], `...${string}`] ? true : false;

/** What `eval` receives: a tensor an operand, or undefined for one named with a `?` that was left out. */
type EvalInputs<N extends Names> =
  IsMany<N> extends true
    ? readonly Tensor[]
    : { readonly [I in keyof N]: N[I] extends `${string}?` ? Tensor | undefined : Tensor };
type InferInputs<N extends Names> = IsMany<N> extends true ? readonly Value[] : { readonly [I in keyof N]: Value };
type OperandArguments<N extends Names, H extends string> =
  IsMany<N> extends true
    ? [operands: readonly Operand<H>[]]
    : { [I in keyof N]: N[I] extends `${string}?` ? Operand<H> : Exclude<Operand<H>, undefined> };
// biome-ignore lint/complexity/noBannedTypes: {} is the test for "no required attribute"
type AttributeArgument<A> = {} extends A ? [attributes?: A] : [attributes: A];

/** An operator is the function that applies it. Values give a value; an operand with holes gives a pattern. */
export interface OpConstructor<N extends Names, A> extends Op {
  <H extends string = never>(...parameters: [...OperandArguments<N, H>, ...AttributeArgument<A>]): TermOf<H>;
  /** The formula for kernels, where the operator is elementwise with numpy broadcasting. */
  readonly emit?: Emit<A>;
  /** The formula for 64-bit integers. */
  readonly emitWide?: EmitWide<A>;
}

export interface OpDefinition<N extends Names, A> {
  readonly infer: (operands: InferInputs<N>, attributes: A) => Type;
  readonly eval: (inputs: EvalInputs<N>, attributes: A, context: EvalContext) => Datum;
  readonly dims?: (operands: InferInputs<N>, attributes: A) => readonly Dim[] | undefined;
  readonly commutative?: boolean;
  readonly pure?: boolean;
  readonly view?: boolean;
  readonly branches?: (attributes: A) => readonly Graph[];
  /** True when operands may be other than tensors: `infer` checks their kinds itself, and `eval` takes data of any kind. */
  readonly anyKind?: boolean;
  readonly emit?: Emit<A>;
  readonly emitWide?: EmitWide<A>;
}

/**
 * Declares an operator of the engine: the names of its operands in order (`bias?` may be left out, a last `...xs` takes a list),
 * its type rule and its meaning. Attributes are typed by the annotation of `infer` and `eval`.
 */
// biome-ignore lint/complexity/noBannedTypes: {} stands for "no attributes"
export function op<const N extends Names, A extends object = {}>(
  name: string,
  operandNames: N,
  definition: OpDefinition<N, A>,
): OpConstructor<N, A> {
  const { infer, eval: evaluate, dims, branches, emit, emitWide, anyKind = false } = definition;
  const { commutative = false, pure = true, view = false } = definition;
  const many = operandNames[operandNames.length - 1]?.startsWith("...") ?? false;
  const apply = (...parameters: unknown[]) => {
    const operands = many
      ? (parameters[0] as Operand<string>[])
      : operandNames.map((_name, i) => parameters[i] as Operand<string>);
    return construct(self, operands, parameters[many ? 1 : operandNames.length] as Attributes | undefined);
  };
  const required = operandNames.flatMap((operand, i) => (/^\.\.\.|\?$/.test(operand) ? [] : [i]));
  const checkedInfer = (operands: InferInputs<N>, attributes: A) => {
    const missing = required.find((i) => isAbsent(operands[i] as Value));
    if (missing !== undefined) {
      throw new ShapeError(
        `its operand ${operandNames[missing]} is missing. Only inputs that are optional may be left out.`,
      );
    }
    if (!anyKind) checkTensors(operandNames, operands);
    return infer(operands, attributes);
  };
  const optional = {
    ...(dims && { dims }),
    ...(branches && { branches }),
    ...(emit && { emit }),
    ...(emitWide && { emitWide }),
  };
  const facts = { operandNames, commutative, pure, view, infer: checkedInfer, eval: evaluate, ...optional };
  const self = Object.assign(apply, facts) as unknown as OpConstructor<N, A>;
  Object.defineProperty(self, "name", { value: name });
  return self;
}

/** Throws ShapeError naming the first operand that is there but no tensor. */
function checkTensors(names: Names, operands: readonly Value[]): void {
  operands.forEach((operand, i) => {
    if (operand.type.kind !== "tensor" && !isAbsent(operand)) tensorOperand(operand, nameOfOperand(names, i));
  });
}

/** `x` for the operand named `x` or `x?`; `xs[2]` for the third of a list `...xs`. */
function nameOfOperand(names: Names, index: number): string {
  const last = names.length - 1;
  const name = names[Math.min(index, last)] ?? "operand";
  return name.startsWith("...") ? `${name.slice(3)}[${index - last}]` : name.replace("?", "");
}
