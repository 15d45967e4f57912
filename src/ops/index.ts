import { add } from "./add.ts";
import { mul } from "./mul.ts";
import { shapeOf } from "./shape-of.ts";
import { sigmoid } from "./sigmoid.ts";

/** Every operator of the engine, in alphabetical order. */
export const ops = {
  add,
  mul,
  shapeOf,
  sigmoid,
} as const;

export type OpName = keyof typeof ops;
