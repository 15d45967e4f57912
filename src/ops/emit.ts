import type { Builder } from "../ir/builder.ts";
import type { Node } from "../ir/node.ts";
import type { DType } from "../tensor/dtype.ts";

/** The dtypes that a formula is emitted for. */
export interface EmitTypes {
  readonly operands: readonly DType[];
  readonly result: DType;
}

/**
 * The formula of an elementwise operator in the kernel language, which every target compiles. Floats arrive and leave as f32 vectors, integers of
 * up to 32 bits as i32 vectors that hold their value, truths as i32 vectors of 0 and 1; `types` says which dtypes those stand for. Undefined for
 * dtypes that it cannot do, and for attributes that it does not know.
 */
export type Emit<A> = (k: Builder, operands: readonly Node[], attributes: A, types: EmitTypes) => Node | undefined;
