import type { Stage } from "../stage.ts";
import { formAddRmsNorm } from "./form-add-rms-norm.ts";

/** Joins operators that share what they read, once it is settled what each of them is. */
export const join: Stage = {
  name: "join",
  rules: [formAddRmsNorm],
  simplifiers: [],
  guarantee: "a sum that is normalised is part of the norm, unless what computes one of its terms can add the other",
};
