import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import type { AttentionAttributes } from "../../ops/attention.ts";
import type { DType } from "../../tensor/dtype.ts";
import { fromNumbers, numbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { hash } from "../testdata/hash.ts";
import { machinesOf } from "../testdata/machines.ts";
import { machinesInTurn } from "../testdata/machines-in-turn.ts";
import { runStep } from "../testdata/run-step.ts";

const random = createRandom(seed);
const make = (shape: readonly number[], dtype: DType = "f32", factor = 1): Tensor =>
  fromNumbers(
    dtype,
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => factor * random.uniform()),
  );
const integers = (dtype: DType, ...values: number[]): Tensor => fromNumbers(dtype, [values.length], values);
const truths = (shape: readonly number[]): Tensor =>
  fromNumbers(
    "bool",
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => random.int(0, 2)),
  );

interface Shapes {
  readonly batch?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly queries: number;
  readonly keys: number;
  readonly size?: number;
  readonly valueSize?: number;
  readonly dtype?: DType;
}

function operandsOf(shapes: Shapes): Tensor[] {
  const { batch = 1, heads = 2, kvHeads = heads, queries, keys, size = 5, valueSize = size, dtype } = shapes;
  return [
    make([batch, heads, queries, size], dtype, 2),
    make([batch, kvHeads, keys, size], dtype, 2),
    make([batch, kvHeads, keys, valueSize], dtype),
  ];
}

/** Values are below 1: weights that sum to 1 move an answer by the error of a score, of which there are few ulp, and of an exponential. */
function expectAttention(
  operands: readonly (Tensor | undefined)[],
  attributes: Partial<AttentionAttributes> = {},
  bound = 4e-6,
): void {
  const step = { op: "attention", operands, attributes: { scale: 0.5, ...attributes } };
  for (const fused of [false, true]) {
    const hashes = machinesInTurn(fused).map((machine) => {
      const { actual, expected } = runStep(step, machine, { misalign: 4 });
      const [a, e] = [numbers(actual[0]!), numbers(expected[0]!)];
      const wrong = e.findIndex((value, i) => !(Math.abs(a[i]! - value) <= bound || Object.is(a[i], value)));
      if (wrong >= 0) expect.fail(`${machine.name}: element ${wrong} is ${a[wrong]}, expected ${e[wrong]}`);
      return hash(Float32Array.from(a));
    });
    expect(new Set(hashes).size).toBe(1);
  }
}

describe(`attention, seed ${seed}`, () => {
  test.each<Shapes>([
    { queries: 1, keys: 1, size: 1 },
    { queries: 1, keys: 65, size: 8 },
    { queries: 7, keys: 64, size: 4, valueSize: 9 },
    { queries: 15, keys: 3, size: 7, valueSize: 8 },
    { batch: 2, heads: 4, kvHeads: 2, queries: 3, keys: 70, size: 6, valueSize: 16 },
    { heads: 6, kvHeads: 1, queries: 5, keys: 131, size: 3 },
    { queries: 0, keys: 4 },
    { queries: 3, keys: 0 },
  ])("%j", (shapes) => expectAttention(operandsOf(shapes)));

  test("masks that are added and masks of truths, of any shape that broadcasts", () => {
    const operands = operandsOf({ batch: 2, heads: 2, queries: 7, keys: 9 });
    for (const shape of [
      [7, 9],
      [2, 1, 1, 9],
      [1, 2, 7, 1],
      [2, 2, 7, 9],
    ]) {
      expectAttention([...operands, make(shape)]);
      expectAttention([...operands, truths(shape)]);
    }
  });

  test("windows, offsets and lengths", () => {
    const operands = operandsOf({ batch: 2, heads: 2, kvHeads: 1, queries: 5, keys: 140 });
    expectAttention(operands, { rightWindow: 0 });
    expectAttention([...operands, undefined, integers("i64", 131)], { rightWindow: 0, leftWindow: 20 });
    const lengths = integers("i32", 140, 77);
    expectAttention([...operands, undefined, integers("i32", 3, 68), lengths], { rightWindow: 0, leftWindow: 70 });
    expectAttention([...operands, undefined, undefined, lengths]);
  });

  test("rows that see no key", () => {
    const operands = [...operandsOf({ queries: 8, keys: 5 }), fromNumbers("bool", [8, 1], [1, 0, 0, 1, 1, 0, 1, 1])];
    expectAttention(operands);
    expectAttention(operands, { whenAllMasked: "nan" });
    expectAttention([...operandsOf({ queries: 2, keys: 5 }), undefined, integers("i32", -1)], { rightWindow: 0 });
  });

  test("softcap and sink", () => {
    const operands = operandsOf({ heads: 4, kvHeads: 2, queries: 7, keys: 67 });
    expectAttention(operands, { softcap: 1.5 });
    expectAttention([...operands, undefined, undefined, undefined, make([4], "f32", 4)]);
  });

  test.each(["f16", "bf16"] as const)("%s", (dtype) => {
    const bound = dtype === "f16" ? 2 ** -11 : 2 ** -8;
    expectAttention(operandsOf({ queries: 1, keys: 9, dtype }), {}, bound);
    expectAttention(operandsOf({ queries: 14, keys: 66, size: 8, dtype }), {}, bound);
  });
});

test(`a query alone has the bits that it has among others, seed ${seed}`, () => {
  const [q, k, v] = operandsOf({ heads: 2, queries: 20, keys: 70 }) as [Tensor, Tensor, Tensor];
  const row = (h: number, i: number): Float32Array =>
    (q.data as Float32Array).slice((h * 20 + i) * 5, (h * 20 + i + 1) * 5);
  for (const machine of machinesOf(true).filter(({ name }) => name.startsWith("wasm"))) {
    const answer = (data: Float32Array, queries: number, offset: number): Float32Array => {
      const operands = [{ ...q, shape: [1, 2, queries, 5], data }, k, v, undefined, integers("i32", offset)];
      const attributes = { scale: 1, rightWindow: 0 };
      return runStep({ op: "attention", operands, attributes }, machine).actual[0]?.data as Float32Array;
    };
    const all = answer(q.data as Float32Array, 20, 50);
    for (const i of [0, 13, 14, 19]) {
      const alone = answer(Float32Array.of(...row(0, i), ...row(1, i)), 1, 50 + i);
      expect(alone).toEqual(
        Float32Array.of(...[0, 1].flatMap((h) => [...all.slice((h * 20 + i) * 5, (h * 20 + i + 1) * 5)])),
      );
    }
  }
});
