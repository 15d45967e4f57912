import type { Element, Type } from "../type.ts";
import { elementOf, formOf, widthOf } from "../type.ts";

/** The lanes of a value, one number each. A scalar has one; masks hold 0 and 1. */
export type Lanes = Float32Array | Int32Array | Int16Array | Uint16Array | Int8Array | Uint8Array;

const arrays = {
  f32: Float32Array,
  i32: Int32Array,
  i16: Int16Array,
  u16: Uint16Array,
  i8: Int8Array,
  u8: Uint8Array,
  mask32: Uint8Array,
  mask16: Uint8Array,
  mask8: Uint8Array,
} satisfies Record<Element, unknown>;

/** How many lanes a type has where 32-bit ones are `lanes`. */
export function laneCount(type: Type, lanes: number): number {
  const form = formOf(type);
  if (form === "scalar") return 1;
  return ((form === "vec" ? lanes : 4) * 4) / widthOf(elementOf(type));
}

/** Lanes of a type, all 0. */
export function newLanes(type: Type, lanes: number): Lanes {
  return new arrays[elementOf(type)](laneCount(type, lanes));
}
