import { expect, it } from "vitest";
import { dims, input } from "../graph/leaves.ts";
import { tensorType } from "../graph/type.ts";
import { symbol } from "../tensor/dim.ts";
import { randomSource } from "./mersenne-twister.ts";
import { multinomial } from "./multinomial.ts";
import { randomNormal } from "./random-normal.ts";
import { randomUniform } from "./random-uniform.ts";
import { constantOf, elements } from "./testing.ts";

it("draws what numpy's RandomState draws", () => {
  const even = randomSource(42);
  const expected = [
    0.3745401188473625, 0.9507143064099162, 0.7319939418114051, 0.5986584841970366, 0.15601864044243652,
  ];
  expect(Array.from({ length: 5 }, even.uniform)).toEqual(expected);
  const normal = randomSource(7);
  [1.690525703800356, -0.4659373705408328, 0.0328201636785844, 0.40751628299650783].forEach((y) => {
    expect(normal.normal()).toBeCloseTo(y, 14);
  });
});

it("goes on after its 624 words of state", () => {
  const source = randomSource(42);
  for (let i = 0; i < 999; i++) source.uniform();
  expect(source.uniform()).toBe(0.44600577295795574);
});

it("scales and shapes", () => {
  const y = randomUniform([2, 3], { dtype: "f64", low: 10, high: 20, seed: 42 });
  expect(y.type).toEqual(tensorType("f64", [2, 3]));
  expect(elements(y)[0]).toBeCloseTo(13.745401188473625, 12);
  const z = randomNormal([1], { dtype: "f64", mean: 5, deviation: 2, seed: 7 });
  expect(elements(z)[0]).toBeCloseTo(5 + 2 * 1.690525703800356, 12);
});

it("keeps symbolic shapes, and unknown ones", () => {
  const attributes = { dtype: "f32", low: 0, high: 1 } as const;
  expect(randomUniform(dims([symbol("N"), 2]), attributes).type).toEqual(tensorType("f32", [symbol("N"), 2]));
  const shape = input("shape", tensorType("i64", [symbol("R")]));
  expect(randomUniform(shape, attributes).type).toEqual(tensorType("f32", undefined));
});

it("draws others each time without a seed", () => {
  const draw = () => elements(randomUniform([4], { dtype: "f64", low: 0, high: 1 }));
  expect(draw()).not.toEqual(draw());
});

it("draws classes by their probabilities", () => {
  const x = constantOf("f32", [2, 3], [Math.log(0.2), Math.log(0.3), Math.log(0.5), -Infinity, 0, -Infinity]);
  const drawn = elements(multinomial(x, { sampleSize: 20000, dtype: "i32", seed: 1 }));
  const share = (k: number) => drawn.slice(0, 20000).filter((each) => each === k).length / 20000;
  expect([share(0), share(1), share(2)].map((each) => Math.round(each * 50) / 50)).toEqual([0.2, 0.3, 0.5]);
  expect(new Set(drawn.slice(20000))).toEqual(new Set([1]));
});
