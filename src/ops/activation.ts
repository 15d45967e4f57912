import type { NumberArray } from "../tensor/numbers.ts";
import { gelu } from "./gelu.ts";
import { hardSwish } from "./hard-swish.ts";
import { relu } from "./relu.ts";
import { sigmoid } from "./sigmoid.ts";
import { silu } from "./silu.ts";
import { tanh } from "./tanh.ts";

/** The elementwise operators that a product or a convolution can apply to its result, with their default attributes. */
export const activations = { gelu, hardSwish, relu, sigmoid, silu, tanh } as const;
export type Activation = keyof typeof activations;

/** Applies an activation to every element, in place; none when it is undefined. */
export function activate(data: NumberArray, activation: Activation | undefined): void {
  if (activation === undefined) return;
  const formula = activations[activation].unary.eval as (x: number, attributes: object) => number;
  for (let i = 0; i < data.length; i++) data[i] = formula(data[i]!, {});
}
