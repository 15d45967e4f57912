import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { ops } from "../ops/index.ts";
import { op } from "../ops/op.ts";
import { pick } from "../ops/pick.ts";
import type { Datum } from "../tensor/datum.ts";
import { addDims, symbol } from "../tensor/dim.ts";
import { AbortedError, ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { zeros } from "../tensor/tensor.ts";
import { evaluate } from "./evaluate.ts";
import type { Graph } from "./graph.ts";
import { absent, dims, input } from "./leaves.ts";
import { withOrigin } from "./origin.ts";
import { tensorType } from "./type.ts";
import type { Value } from "./value.ts";

const { add, clip, exp, mul, reshape, sub, topK } = ops;
const [N, T] = [symbol("N"), symbol("T")];
const f32 = (shape: readonly number[], ...values: number[]) => fromNumbers("f32", shape, values);
const graphOf = (inputs: Value[], ...outputs: Value[]): Graph => ({
  name: "g",
  inputs,
  outputs: outputs.map((value, i) => ({ name: `y${i}`, value })),
});
const valuesOf = (data: readonly Datum[]) => data.map((datum) => Array.from(numbers(datum as Tensor)));

describe("evaluate", () => {
  it("computes the outputs in their order, inputs and repeated outputs included", () => {
    const [x, y] = [input("x", tensorType("f32", [2])), input("y", tensorType("f32", [2]))];
    const sum = add(x, y);
    const outputs = evaluate(graphOf([x, y], mul(sum, 2), sum, x, sum), [f32([2], 1, 2), f32([2], 10, 20)]);
    expect(valuesOf(outputs)).toEqual([
      [22, 44],
      [11, 22],
      [1, 2],
      [11, 22],
    ]);
  });

  it("picks results of tuples and passes absent operands as undefined", () => {
    const x = input("x", tensorType("f32", [3]));
    const best = topK(x, [2], { axis: 0, largest: true });
    const outputs = evaluate(graphOf([x], pick(best, { index: 0 }), pick(best, { index: 1 }), clip(x, absent, 2)), [
      f32([3], 1, 5, 3),
    ]);
    expect(valuesOf(outputs)).toEqual([
      [5, 3],
      [1, 2],
      [1, 2, 2],
    ]);
  });

  it("learns symbols from the inputs, and reports a dim that none tells", () => {
    const x = input("x", tensorType("f32", [N, addDims(T, 1)]));
    const sized = graphOf([x], dims([N, T, 3]));
    expect(evaluate(sized, [zeros("f32", [4, 6])])).toEqual([
      { dtype: "i64", shape: [3], data: BigInt64Array.of(4n, 5n, 3n) },
    ]);
    const unbound = graphOf(
      [x],
      withOrigin("/dims", () => dims([symbol("M")])),
    );
    expect(() => evaluate(unbound, [zeros("f32", [4, 6])])).toThrow(ShapeError);
    expect(() => evaluate(unbound, [zeros("f32", [4, 6])])).toThrow(
      'dims "/dims": the dim M is not bound in this run.',
    );
    expect(valuesOf(evaluate(unbound, [zeros("f32", [4, 6])], { bindings: new Map([["M", 9]]) }))).toEqual([[9]]);
  });

  it("drops data after its last use", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const count = 2 ** 20;
    const copied = op("copied", ["x"], {
      infer: ([a]) => a.type,
      eval([a]) {
        collect();
        return { ...a, data: a.data.slice() } as Tensor;
      },
    });
    const x = input("x", tensorType("f32", [count]));
    let value: Value = x;
    for (let i = 0; i < 20; i++) value = copied(value);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const onValue = () => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    };
    evaluate(graphOf([x], value), [zeros("f32", [count])], { onValue });
    // The input, the operand and the result; 20 results would be 80 MiB.
    expect(most).toBeGreaterThanOrEqual(4 * count);
    expect(most).toBeLessThanOrEqual(4 * 4 * count);
  });

  it("shows each value to onValue once, and polls before each", () => {
    const x = input("x", tensorType("f32", [1]));
    const e = exp(x);
    const seen: string[] = [];
    let polls = 0;
    evaluate(graphOf([x], sub(e, e)), [f32([1], 0)], {
      onValue: ({ op: { name } }) => seen.push(name),
      poll: () => polls++,
    });
    expect(seen).toEqual(["exp", "sub"]);
    expect(polls).toBe(2);
    const stop = () => {
      throw new AbortedError("stop");
    };
    expect(() => evaluate(graphOf([x], e), [f32([1], 0)], { poll: stop })).toThrow(AbortedError);
  });

  it("runs bodies with the symbols from outside", () => {
    const body = graphOf([], dims([N]));
    const call = op("call", ["x"], {
      infer: () => tensorType("i64", [1]),
      eval: (_inputs, _attributes, context) => context.run(body, [])[0] ?? null,
    });
    const x = input("x", tensorType("f32", [N]));
    expect(valuesOf(evaluate(graphOf([x], call(x)), [zeros("f32", [7])]))).toEqual([[7]]);
  });

  it("names operator and origin in errors", () => {
    const x = input("x", tensorType("f32", undefined));
    const n = input("n", tensorType("i64", [1]));
    const graph = graphOf(
      [x, n],
      withOrigin("/view", () => reshape(x, n)),
    );
    expect(() => evaluate(graph, [f32([3], 1, 2, 3), fromNumbers("i64", [1], [2])])).toThrow(/^reshape "\/view": /);
  });
});
