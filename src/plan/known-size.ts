import type { Type } from "../graph/type.ts";
import { isUnknownDim } from "../tensor/dim.ts";

/** True when binding the symbols will tell the size in bytes. */
export function hasKnownSize(type: Type): boolean {
  return (
    type.kind === "tensor" && type.dtype !== "string" && type.shape !== undefined && !type.shape.some(isUnknownDim)
  );
}
