import type { Builder } from "../ir/builder.ts";
import type { Node } from "../ir/node.ts";
import type { Wide } from "../ir/wide.ts";
import type { DType } from "../tensor/dtype.ts";

/** The dtypes that a formula is emitted for; undefined for operands that were left out. */
export interface EmitTypes {
  readonly operands: readonly (DType | undefined)[];
  readonly result: DType;
}

/**
 * The formula of an elementwise operator in the kernel language, which every target compiles. Floats arrive and leave as f32 vectors, integers of
 * up to 32 bits as i32 vectors that hold their value, truths as i32 vectors of 0 and 1; `types` says which dtypes those stand for. The result of a
 * narrower integer may have any bits above its own. Undefined for dtypes that it cannot do, and for attributes that it does not know.
 */
export type Emit<A> = (
  k: Builder,
  operands: readonly (Node | undefined)[],
  attributes: A,
  types: EmitTypes,
) => Node | undefined;

/** The same where an operand or the result is i64: those arrive and leave as pairs of words. */
export type EmitWide<A> = (
  k: Builder,
  operands: readonly (Node | Wide | undefined)[],
  attributes: A,
  types: EmitTypes,
) => Node | Wide | undefined;

/** A mask as 0 and 1. */
export const truthOf = (k: Builder, mask: Node): Node => k.select(mask, k.constant(1, "vec i32"), 0);

/** 0 and 1, or any integer, as a mask: not 0. */
export const maskOf = (k: Builder, truth: Node): Node => k.ne(truth, 0);
