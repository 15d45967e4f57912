import type { Element, Type } from "../../ir/type.ts";
import { elementOf, formOf } from "../../ir/type.ts";
import type { Mnemonic } from "./instructions.ts";
import { instructions } from "./instructions.ts";

const shapes: Readonly<Record<Element, string>> = {
  f32: "f32x4",
  i32: "i32x4",
  i16: "i16x8",
  u16: "i16x8",
  i8: "i8x16",
  u8: "i8x16",
  mask32: "i32x4",
  mask16: "i16x8",
  mask8: "i8x16",
};

/** The name that the instructions of a type begin with: f32, i32x4, ... */
export function shapeOf(type: Type): string {
  return formOf(type) === "scalar" ? type : shapes[elementOf(type)];
}

/** Whether lanes are unsigned. */
export function isUnsigned(type: Type): boolean {
  return elementOf(type).startsWith("u");
}

/** The instruction of this name, or an error that says that WebAssembly has none. */
export function mnemonic(name: string): Mnemonic {
  if (!(name in instructions)) throw new RangeError(`WebAssembly has no ${name}.`);
  return name as Mnemonic;
}
