/** How kernels are chosen for a step of a plan whose shapes are numbers, and what a choice consists of. */
import type { KernelFamily } from "../ir/kernel.ts";
import type { Kernel } from "../ir/node.ts";
import type { Target } from "../ir/target.ts";
import type { DType } from "../tensor/dtype.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Expression } from "./elementwise/expression.ts";

/** An operand or result of a step, with a shape of numbers. */
export interface TensorFacts {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** The elements, where they are known before the run: constants, and literals of dims. */
  readonly constant?: Tensor | undefined;
}

/** A step as schedules see it. */
export interface StepFacts {
  /** The operator's name, or "elementwise" for a chain of operators that `expression` holds. */
  readonly op: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Undefined where an operand was left out. */
  readonly operands: readonly (TensorFacts | undefined)[];
  /** Undefined where nobody uses a result. */
  readonly results: readonly (TensorFacts | undefined)[];
  /** For "elementwise" the chain itself. For other operators what follows on the first result: its operand 0 is that result, the next are the step's operands from `extras` on. */
  readonly expression?: Expression | undefined;
  /** Where the operands of the expression begin that are not the operator's own. */
  readonly extras: number;
}

/** A place in memory that an argument word points to. Memory is assigned when the plan is bound. */
export interface Place {
  readonly of: "operand" | "result" | "temporary" | "packed";
  readonly index: number;
  /** Bytes beyond its beginning. */
  readonly bytes: number;
}

/** One use of a kernel family: the options, and a key that is equal exactly when the IR is. */
export interface KernelUse {
  readonly key: string;
  readonly build: (target: Target) => Kernel;
}

/** A call of a kernel over `items` work items. */
export interface Launch {
  readonly kernel: KernelUse;
  /** A number or a place for each argument word of the kernel. */
  readonly words: Readonly<Record<string, number | Place>>;
  readonly items: number;
  /** Multiplications and additions of the whole launch, and the bytes that it moves at least: for chunks and profiles. */
  readonly flops: number;
  readonly bytes: number;
}

/** Data made once from a constant operand, in a layout that a kernel wants: kept with the model, shared by all uses with the same key. */
export interface Packed {
  /** What it is made from; one copy is kept for each pair of source and key. */
  readonly source: Tensor;
  readonly key: string;
  readonly bytes: number;
  /** Fills memory that is all 0. */
  readonly write: (target: Uint8Array) => void;
}

/** How a step is run. */
export interface Launches {
  readonly launches: readonly Launch[];
  /** Bytes of memory that the launches share among themselves. */
  readonly temporaries?: readonly number[];
  readonly packed?: readonly Packed[];
  /** Operands whose memory the first result may take over, best first: of the same bytes, and read no later than they are overwritten. */
  readonly inPlace?: readonly number[];
  /** Where the launches say that they met operands which they cannot take. */
  readonly fault?: Fault;
}

/**
 * Words of a temporary, one of them not 0 where an operand was out of range: the launches have then read and written nothing outside their
 * places, and the operator's `eval` runs the step again, which says what is wrong: from operands that no result has taken over.
 */
export interface Fault {
  readonly temporary: number;
  readonly words: number;
}

/** One way to run some operators by kernels. */
export interface Schedule {
  readonly name: string;
  /** Names of operators, or "elementwise". */
  readonly ops: readonly string[];
  /** Whether an expression over the first result can be a part of it. */
  readonly epilogue?: boolean;
  /** The launches, or in words why this schedule does not run the step ("f64 has no kernels"). */
  readonly plan: (step: StepFacts, target: Target) => Launches | string;
}

/** A use of a family. `key` says what the options are, where they are more than plain data. */
export function use<O>(family: KernelFamily<O>, options: O, key: string = JSON.stringify(options)): KernelUse {
  return { key: `${family.name} ${key}`, build: (target) => family.build(options, target) };
}

export const operand = (index: number, bytes = 0): Place => ({ of: "operand", index, bytes });
export const result = (index = 0, bytes = 0): Place => ({ of: "result", index, bytes });
export const temporary = (index = 0, bytes = 0): Place => ({ of: "temporary", index, bytes });
export const packed = (index = 0, bytes = 0): Place => ({ of: "packed", index, bytes });
