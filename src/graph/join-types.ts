import type { Dim } from "../tensor/dim.ts";
import { dimEquals, unknownDim } from "../tensor/dim.ts";
import type { TensorType, Type } from "./type.ts";
import { formatType, optionalType, sequenceType, tensorType, tupleType } from "./type.ts";

/**
 * The narrowest type that holds the values of both: dims that may differ become unknown, and so does the shape where ranks differ; next
 * to an optional, its content counts as a present one. Undefined when no type holds both.
 */
export function joinTypes(a: Type, b: Type): Type | undefined {
  if (a.kind === "optional" || b.kind === "optional") {
    const item = joinTypes(a.kind === "optional" ? a.item : a, b.kind === "optional" ? b.item : b);
    return item && optionalType(item);
  }
  if (a.kind === "tensor" && b.kind === "tensor") return joinTensors(a, b);
  if (a.kind === "sequence" && b.kind === "sequence") {
    const item = joinTypes(a.item, b.item);
    return item && sequenceType(item);
  }
  if (a.kind === "map" && b.kind === "map") {
    const value = a.key === b.key ? joinTypes(a.value, b.value) : undefined;
    return value && { kind: "map", key: a.key, value };
  }
  if (a.kind === "tuple" && b.kind === "tuple") {
    const items =
      a.items.length === b.items.length ? a.items.map((item, i) => joinTypes(item, b.items[i] as Type)) : [];
    return items.length === a.items.length && items.every((item) => item !== undefined)
      ? tupleType(...items)
      : undefined;
  }
  return a.kind === b.kind ? a : undefined;
}

function joinTensors(a: TensorType, b: TensorType): TensorType | undefined {
  if (a.dtype !== b.dtype) return undefined;
  if (a.shape === undefined || b.shape === undefined || a.shape.length !== b.shape.length)
    return tensorType(a.dtype, undefined);
  const other = b.shape;
  return tensorType(
    a.dtype,
    a.shape.map((dim, i) => (dimEquals(dim, other[i] as Dim) ? dim : unknownDim)),
  );
}

/** True when two types say the same, unknown dims included. */
export const sayTheSame = (a: Type, b: Type): boolean => formatType(a) === formatType(b);
