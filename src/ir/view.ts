import type { Operand } from "./arithmetic.ts";
import type { Node } from "./node.ts";
import type { Storage } from "./type.ts";

/** The base of an operand in memory: a byte offset in the arena, and how its elements are stored. */
export interface View {
  readonly pointer: Node;
  readonly storage: Storage;
  /** Elements from one index to the next, outermost first, where the view has more than one index. */
  readonly strides?: readonly Operand[];
}

/** An element of a view: its number, or one number for each of the view's strides. */
export type Index = Operand | readonly Operand[];
