import type { Stage } from "../stage.ts";
import { formIntegerConv } from "./form-integer-conv.ts";

/** Computes on integers what quantised operands allow, before constants among them become floats. */
export const integer: Stage = {
  name: "integer",
  rules: [formIntegerConv],
  simplifiers: [],
  guarantee: "a convolution of quantised operands is one of their integers",
};
