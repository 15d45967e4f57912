import type { Dim } from "../tensor/dim.ts";
import { dimEquals, dimToString } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";

/** A dense tensor. `shape` is undefined where even the rank is unknown; single dims may be symbolic or unknown. */
export interface TensorType {
  readonly kind: "tensor";
  readonly dtype: DType;
  readonly shape: readonly Dim[] | undefined;
}
export interface SequenceType {
  readonly kind: "sequence";
  readonly item: Type;
}
export interface OptionalType {
  readonly kind: "optional";
  readonly item: Type;
}
export interface MapType {
  readonly kind: "map";
  readonly key: DType;
  readonly value: Type;
}
/** Several results of one operator; `pick` takes one out. */
export interface TupleType {
  readonly kind: "tuple";
  readonly items: readonly Type[];
}
/** The type of an operand that was left out. */
export interface AbsentType {
  readonly kind: "absent";
}
export type Type = TensorType | SequenceType | OptionalType | MapType | TupleType | AbsentType;

export const tensorType = (dtype: DType, shape: readonly Dim[] | undefined): TensorType => ({
  kind: "tensor",
  dtype,
  shape,
});
export const tupleType = (...items: readonly Type[]): TupleType => ({ kind: "tuple", items });
export const sequenceType = (item: Type): SequenceType => ({ kind: "sequence", item });
export const optionalType = (item: Type): OptionalType => ({ kind: "optional", item });

/** `f32[2,T+1]`, `f32[...]` for an unknown rank, `f32[]` for a scalar, `sequence(f32[...])`. */
export function formatType(type: Type): string {
  switch (type.kind) {
    case "tensor":
      return `${type.dtype}[${type.shape === undefined ? "..." : type.shape.map(dimToString).join(",")}]`;
    case "sequence":
    case "optional":
      return `${type.kind}(${formatType(type.item)})`;
    case "map":
      return `map(${type.key}, ${formatType(type.value)})`;
    case "tuple":
      return `(${type.items.map(formatType).join(", ")})`;
    case "absent":
      return "absent";
  }
}

/** True when two shapes certainly agree. */
export function shapeEquals(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.length === b.length && a.every((dim, i) => dimEquals(dim, b[i] as Dim));
}
