import { isTensor } from "../tensor/datum.ts";
import { dimEquals } from "../tensor/dim.ts";
import type { Type } from "./type.ts";
import { formatType } from "./type.ts";
import type { Attribute } from "./value.ts";

const same = (a: unknown, b: unknown): boolean => Object.is(a, b);

/** True when two attributes mean the same: numbers by value, lists and tensors by content, graphs by identity. */
export function attributeEquals(a: Attribute, b: Attribute): boolean {
  if (typeof a !== "object" || typeof b !== "object") return same(a, b);
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => attributeEquals(item, b[i]));
  if (isTensor(a)) {
    return (
      isTensor(b) &&
      a.dtype === b.dtype &&
      a.shape.length === b.shape.length &&
      a.shape.every((dim, i) => dim === b.shape[i]) &&
      (a.data as readonly unknown[]).every((element, i) => same(element, (b.data as readonly unknown[])[i]))
    );
  }
  if ("kind" in a && "kind" in (b as object)) return formatType(a as Type) === formatType(b as Type);
  return a === b || dimEquals(a as never, b as never);
}
