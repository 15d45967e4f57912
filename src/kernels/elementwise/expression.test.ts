import { expect, it } from "vitest";
import { expressionKey } from "./expression.ts";

const keyOf = (attributes: Readonly<Record<string, unknown>>): string =>
  expressionKey({ operands: 1, nodes: [{ op: "leakyRelu", attributes, inputs: [0], dtype: "f32" }] });

it("tells formulas apart whose attributes are no plain numbers of JSON", () => {
  const alphas = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, null, undefined, 1];
  const keys = alphas.map((alpha) => keyOf({ alpha }));
  expect(new Set(keys).size).toBe(alphas.length);
  expect(alphas.map((alpha) => keyOf({ alpha }))).toEqual(keys);
});
