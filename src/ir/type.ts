/** The types of kernel values, and the storage types of memory that they are loaded from and stored to. */

/** What one lane of a vector holds. A mask is as wide as the values that it chooses between. */
export type Element = "f32" | "i32" | "i16" | "u16" | "i8" | "u8" | "mask32" | "mask16" | "mask8";

export type ScalarType = "f32" | "i32";
export type VecType = `vec ${Element}`;
export type QuadType = `quad ${Element}`;

/** `part` is handed out by `vectors` and `fold`; `none` is the type of what has no value. */
export type Type = ScalarType | VecType | QuadType | "part" | "none";

/** Element types in memory. Loads and stores convert f16 and bf16 to f32, and the short integers to i32. */
export type Storage = "f32" | "f16" | "bf16" | "i32" | "i16" | "u16" | "i8" | "u8";

const widths: Readonly<Record<Element | Storage, number>> = {
  f32: 4,
  i32: 4,
  mask32: 4,
  f16: 2,
  bf16: 2,
  i16: 2,
  u16: 2,
  mask16: 2,
  i8: 1,
  u8: 1,
  mask8: 1,
};

/** The bytes that one element takes. */
export function widthOf(element: Element | Storage): number {
  return widths[element];
}

/** The type that values of a storage type are computed in. */
export function computeElement(storage: Storage): ScalarType {
  return storage === "f32" || storage === "f16" || storage === "bf16" ? "f32" : "i32";
}

/** The element of a vector, quad or scalar type. */
export function elementOf(type: Type): Element {
  if (type === "part" || type === "none") throw new TypeError(`A ${type} has no element type.`);
  return type.slice(type.indexOf(" ") + 1) as Element;
}

export type Form = "scalar" | "vec" | "quad" | "none";

/** How many elements a type holds at once: one, a native register of them, 128 bits of them, or nothing. */
export function formOf(type: Type): Form {
  if (type === "f32" || type === "i32") return "scalar";
  if (type === "part" || type === "none") return "none";
  return type.startsWith("vec ") ? "vec" : "quad";
}

/** The type of the given form that holds `element`. A truth of scalars is an i32, 0 or 1. */
export function typeOf(form: Form, element: Element): Type {
  if (form === "vec" || form === "quad") return `${form} ${element}`;
  if (element === "f32" || element === "i32") return element;
  if (element === "mask32") return "i32";
  throw new TypeError(`There is no scalar ${element}: compute in i32.`);
}

/** The mask type that a comparison of two values of `type` gives. */
export function maskOf(type: Type): Type {
  const bits = 8 * widthOf(elementOf(type));
  return typeOf(formOf(type), `mask${bits}` as Element);
}
