import { describe, expect, it } from "vitest";
import { evaluate } from "../../../graph/evaluate.ts";
import { input } from "../../../graph/leaves.ts";
import { tensorType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { cast } from "../../../ops/cast.ts";
import { floor } from "../../../ops/floor.ts";
import type { ops } from "../../../ops/index.ts";
import { mul } from "../../../ops/mul.ts";
import { reshape } from "../../../ops/reshape.ts";
import { sub } from "../../../ops/sub.ts";
import { transpose } from "../../../ops/transpose.ts";
import { symbol } from "../../../tensor/dim.ts";
import { UnsupportedError } from "../../../tensor/errors.ts";
import { fromNumbers, numbers } from "../../../tensor/numbers.ts";
import { createRandom } from "../../../tensor/random.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { elementCount } from "../../../tensor/tensor.ts";
import { gradientsOf } from "./gradient.ts";
import { gradientRules } from "./gradient-rules.ts";

const f64 = (name: string, ...shape: number[]): Value => input(name, tensorType("f64", shape));
const shapeOf = (x: Value): number[] => (x.type.kind === "tensor" ? (x.type.shape as number[]) : []);

function sumOf(y: Value, xs: readonly Value[], data: readonly Tensor[]): number {
  const [result] = evaluate({ name: "f", inputs: xs, outputs: [{ name: "y", value: y }] }, data);
  return Array.from(numbers(result as Tensor)).reduce((sum, value) => sum + value, 0);
}

/** Compares the gradients with central differences at positive random values. */
function expectGradients(y: Value, xs: readonly Value[], seed: number): void {
  const random = createRandom(seed);
  const data = xs.map((x) => {
    const values = Float64Array.from({ length: elementCount(shapeOf(x)) }, () => 1 + 0.6 * random.uniform());
    return fromNumbers("f64", shapeOf(x), values);
  });
  const outputs = gradientsOf(y, xs).map((value, i) => ({ name: `g${i}`, value }));
  const found = evaluate({ name: "g", inputs: xs, outputs }, data) as Tensor[];
  const step = 1e-5;
  for (const [i, x] of data.entries()) {
    expect(found[i]?.shape, `seed ${seed}`).toEqual(x.shape);
    for (const [at, value] of numbers(x).entries()) {
      const at1 = (moved: number) => {
        const values = Float64Array.from(numbers(x)).fill(moved, at, at + 1);
        return sumOf(y, xs, data.with(i, fromNumbers("f64", x.shape, values)));
      };
      const slope = (at1(value + step) - at1(value - step)) / (2 * step);
      expect(numbers(found[i] as Tensor)[at], `seed ${seed}, operand ${i}, element ${at}`).toBeCloseTo(slope, 6);
    }
  }
}

const special: Record<string, (x: Value) => Value> = {
  cast: (x) => mul(cast(cast(x, { to: "f64" }), { to: "f64" }), x),
  reshape: (x) => mul(reshape(x, [3, 2]), reshape(x, [3, 2])),
  transpose: (x) => mul(transpose(x, { permutation: [1, 0] }), reshape(x, [3, 2])),
};

describe("gradientsOf", () => {
  it.each([...gradientRules.keys()].map((op) => [op.name, op] as const))("%s", (name, op) => {
    const [x, row] = [f64("x", 2, 3), f64("row", 3)];
    const apply = op as unknown as (typeof ops)["add"];
    const made = special[name]?.(x);
    if (made !== undefined) expectGradients(made, [x], 1);
    else if (op.operandNames.length === 1) expectGradients((op as unknown as (typeof ops)["neg"])(x), [x], 2);
    else if (name === "matmul") {
      const [a, b] = [f64("a", 2, 2, 3), f64("b", 3, 4)];
      expectGradients(apply(a, b), [a, b], 3);
    } else expectGradients(apply(x, row), [x, row], 4);
  });

  it("adds up what comes by several ways, and takes what y does not depend on as constant", () => {
    const [x, z, other] = [f64("x", 3), f64("z", 1), f64("other", 2)];
    const shared = mul(x, z);
    const y = sub(mul(shared, shared), add(x, shared));
    expectGradients(y, [x, z, other], 5);
  });

  it("names what it cannot differentiate", () => {
    const x = f64("x", 3);
    expect(() => gradientsOf(floor(x), [x])).toThrow(UnsupportedError);
    expect(() => gradientsOf(floor(x), [x])).toThrow("floor");
    const open = input("open", tensorType("f64", [symbol("N")]));
    expect(() => gradientsOf(mul(x, open), [open])).toThrow("known before the model runs");
  });
});
