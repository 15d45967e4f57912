/** The types of kernel values, and the storage types of memory that they are loaded from and stored to. */

/** What one lane of a vector holds. A mask is as wide as the values that it chooses between. */
export type Element = (typeof elements)[number];

const elements = ["f32", "i32", "i16", "u16", "i8", "u8", "mask32", "mask16", "mask8"] as const;

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

/** How many elements a type holds at once: one, a native register of them, 128 bits of them, or nothing. */
export type Form = "scalar" | "vec" | "quad" | "none";

interface Parts {
  readonly form: Form;
  readonly element: Element | undefined;
}

/** The parts of every type. */
const parts: ReadonlyMap<Type, Parts> = new Map<Type, Parts>([
  ["f32", { form: "scalar", element: "f32" }],
  ["i32", { form: "scalar", element: "i32" }],
  ["part", { form: "none", element: undefined }],
  ["none", { form: "none", element: undefined }],
  ...elements.flatMap((element): [Type, Parts][] => [
    [`vec ${element}`, { form: "vec", element }],
    [`quad ${element}`, { form: "quad", element }],
  ]),
]);

/** All types. */
export const allTypes: readonly Type[] = [...parts.keys()];

/** The element of a vector, quad or scalar type. */
export function elementOf(type: Type): Element {
  const element = parts.get(type)?.element;
  if (element === undefined) throw new TypeError(`A ${type} has no element type.`);
  return element;
}

export function formOf(type: Type): Form {
  return parts.get(type)?.form ?? "none";
}

/** The type of the given form that holds `element`. A truth of scalars is an i32, 0 or 1. */
export function typeOf(form: Form, element: Element): Type {
  if (form === "vec") return vecs[element];
  if (form === "quad") return quads[element];
  if (element === "f32" || element === "i32") return element;
  if (element === "mask32") return "i32";
  throw new TypeError(`There is no scalar ${element}: compute in i32.`);
}

const vecs: Readonly<Record<Element, VecType>> = {
  f32: "vec f32",
  i32: "vec i32",
  i16: "vec i16",
  u16: "vec u16",
  i8: "vec i8",
  u8: "vec u8",
  mask32: "vec mask32",
  mask16: "vec mask16",
  mask8: "vec mask8",
};

const quads: Readonly<Record<Element, QuadType>> = {
  f32: "quad f32",
  i32: "quad i32",
  i16: "quad i16",
  u16: "quad u16",
  i8: "quad i8",
  u8: "quad u8",
  mask32: "quad mask32",
  mask16: "quad mask16",
  mask8: "quad mask8",
};

/** Masks by the bytes of what they choose between. */
const masks: Readonly<Record<number, Element>> = { 1: "mask8", 2: "mask16", 4: "mask32" };

/** The mask type that a comparison of two values of `type` gives. */
export function maskOf(type: Type): Type {
  return typeOf(formOf(type), masks[widthOf(elementOf(type))] as Element);
}
