import type { Dim } from "../tensor/dim.ts";
import type { Type } from "./type.ts";

/** The dims of a tensor's shape, as far as it is known, or of all that a tuple, sequence or optional holds. */
export function dimsOfType(type: Type): readonly Dim[] {
  if (type.kind === "tensor") return type.shape ?? [];
  if (type.kind === "tuple") return type.items.flatMap(dimsOfType);
  return type.kind === "sequence" || type.kind === "optional" ? dimsOfType(type.item) : [];
}
