import { isTensor } from "../tensor/datum.ts";
import type { Type } from "./type.ts";
import { formatType } from "./type.ts";
import type { Attribute } from "./value.ts";

const isType = (attribute: object): attribute is Type => "kind" in attribute;
const same = (a: unknown, b: unknown): boolean => Object.is(a, b);

/** True when two attributes mean the same: numbers by value (0 and -0 differ), lists and tensors by content, types by their text, graphs by identity. */
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
  if (isType(a) && isType(b)) return formatType(a) === formatType(b);
  return a === b;
}
