import { describe, expect, it } from "vitest";
import { ops } from "../ops/index.ts";
import { LimitError } from "../tensor/errors.ts";
import { fromBigints, fromNumbers } from "../tensor/numbers.ts";
import { zeros } from "../tensor/tensor.ts";
import { checkResult, resultBytes } from "./result-bytes.ts";

const { expand, nonZero, topK, add } = ops;
const x = fromNumbers("f32", [2], [1, 2]);
const shape = (...dims: bigint[]) => fromBigints("i64", [dims.length], dims);

describe("resultBytes", () => {
  it("follows the operator's type rule, contents of small operands included", () => {
    expect(resultBytes(expand, [x, shape(1000n, 2n)], {})).toBe(8000);
    expect(resultBytes(add, [x, zeros("f32", [5000, 1])], {})).toBe(40_000);
  });

  it("adds the results of a tuple", () => {
    expect(resultBytes(topK, [x, shape(1n)], { axis: 0, largest: true })).toBe(4 + 8);
  });

  it("counts what only the data tells, and what is no tensor, as nothing", () => {
    expect(resultBytes(nonZero, [x], {})).toBe(0);
    expect(resultBytes(add, [x, [x]], {})).toBe(0);
  });
});

describe("checkResult", () => {
  it("throws before anything is made", () => {
    const huge = [x, shape(10n ** 12n, 2n)];
    expect(() => checkResult(expand, huge, {}, 2 ** 30)).toThrow(LimitError);
    expect(() => checkResult(expand, huge, {}, 2 ** 30)).toThrow(
      "the result takes 8000000000000 bytes, more than limits.maxArenaBytes = 1073741824.",
    );
    expect(() => checkResult(expand, [x, shape(4n, 2n)], {}, 32)).not.toThrow();
  });
});
