/** The data of kernel IR: nodes in regions. Straight-line values are in SSA form; control flow is nested regions. */

import type { Op } from "./operations.ts";
import type { ScalarType, Type } from "./type.ts";

/** Compile-time parameters of a node: constants, byte offsets, storage types, lane patterns. */
export type Immediate = Readonly<Record<string, number | string | readonly number[]>>;

/** An instruction, a region parameter, or one result of a node with regions. Identity is the object. */
export interface Node {
  readonly id: number;
  readonly op: Op;
  readonly type: Type;
  /** Replaced only while the builder closes a region. */
  args: readonly Node[];
  readonly immediate: Immediate;
  readonly regions: readonly Region[];
}

/**
 * Nodes in order of execution. `params` are defined on entry. `yields` are the values handed to the next iteration, and
 * to the results, one for each param after `fixed` leading ones (the index of a loop, the i and part of `vectors`).
 */
export interface Region {
  readonly params: readonly Node[];
  readonly body: readonly Node[];
  yields: readonly Node[];
}

/** One 32-bit word of the argument block: a pointer is a byte offset in the arena, and an i32. */
export interface ArgumentWord {
  readonly name: string;
  readonly type: ScalarType;
}

/** A kernel as data: does work items begin..end with the arguments in its block. */
export interface Kernel {
  readonly name: string;
  readonly words: readonly ArgumentWord[];
  /** Bytes of scratch that each thread needs, from an address that is a multiple of 64. */
  readonly scratchBytes: number;
  /** Whether `legalize` has made leaves of everything. */
  readonly legal: boolean;
  readonly body: Region;
}
