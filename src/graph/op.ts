import type { Datum } from "../tensor/datum.ts";
import type { Dim } from "../tensor/dim.ts";
import type { Graph } from "./graph.ts";
import type { DecodeImage } from "./image.ts";
import type { Type } from "./type.ts";
import type { Attributes, Value } from "./value.ts";

/** What an `eval` may ask of whoever runs it. */
export interface EvalContext {
  /** The number that a dim stands for in this run; throws when a symbol is not bound. */
  dim(dim: Dim): number;
  /** Runs a closed graph (the body of an If, Loop or Scan) on its inputs, in order, and returns its outputs. */
  run(graph: Graph, inputs: readonly (Datum | undefined)[]): Datum[];
  /** Throws AbortedError when the run was cancelled: long evals call it now and then. */
  poll(): void;
  /** Decodes picture files, where the model was given or found a decoder. */
  readonly decodeImage?: DecodeImage | undefined;
}

/** An operator: its type rule and its meaning. Declared once, in `ops/<op>.ts`; it never knows who uses it. */
export interface Op {
  readonly name: string;
  /** Names of the operands for messages and printing; a `?` at the end marks one that may be left out; `...` takes any number. */
  readonly operandNames: readonly string[];
  /** True when `op(a, b)` equals `op(b, a)` for the first two operands. */
  readonly commutative: boolean;
  /** False for operators whose result is not a function of their operands (random numbers): they are neither folded nor merged. */
  readonly pure: boolean;
  /** True when the result is the first operand's elements in the same order: its storage can be shared. */
  readonly view: boolean;
  /** Graphs in the attributes that may be run, each on the operands after the first as they are. */
  branches?(attributes: Attributes): readonly Graph[];
  /** The type of the result. Throws ShapeError when the operands do not fit; the message names operands, shapes and dtypes, not the node. */
  infer(operands: readonly Value[], attributes: Attributes): Type;
  /** The meaning, in plain TypeScript: constant folder and oracle of kernels. A missing operand is undefined. Tuples are arrays. Never writes to its inputs; the result may share storage with them. */
  eval(inputs: readonly (Datum | undefined)[], attributes: Attributes, context: EvalContext): Datum;
  /** The elements of the result as symbolic dims, where the operands' are known (shape arithmetic). */
  dims?(operands: readonly Value[], attributes: Attributes): readonly Dim[] | undefined;
}
