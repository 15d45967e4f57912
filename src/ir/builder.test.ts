import { describe, expect, test } from "vitest";
import { wasmSimd128 } from "../codegen/wasm/targets.ts";
import { machines } from "../kernels/testdata/machines.ts";
import { runKernel } from "../kernels/testdata/run-kernel.ts";
import { size, vector } from "./arguments.ts";
import type { Builder } from "./builder.ts";
import { kernel } from "./kernel.ts";
import { legalize } from "./legalize/legalize.ts";
import type { Node } from "./node.ts";
import { print } from "./print.ts";

/** Stores the integers that `build` makes of n. */
function integers(build: (k: Builder, n: Node) => Node[]) {
  return kernel("integers", (_: Readonly<Record<never, never>>) => ({
    signature: { y: vector("i32"), n: size() },
    build: (k, { y, n }) => k.items(() => build(k, n).forEach((value, i) => void k.storeScalar(y, i, value))),
  }));
}

function expectIntegers(build: (k: Builder, n: Node) => Node[], n: number, expected: readonly number[]): void {
  for (const machine of machines) {
    const args = { y: new Int32Array(expected.length), n };
    const { y } = runKernel(integers(build).build({}, machine.target), machine, args, { items: 1 });
    expect([...y], machine.name).toEqual(expected);
  }
}

describe("variables", () => {
  const fibonacci = (k: Builder, n: Node): Node[] => {
    const [a, b] = [k.variable(k.constant(0, "i32")), k.variable(k.constant(1, "i32"))];
    k.loop(0, n, 1, () => {
      const sum = k.iadd(a.get(), b.get());
      a.set(b.get());
      b.set(sum);
    });
    return [a.get(), b.get()];
  };
  test("are handed from one iteration to the next", () => expectIntegers(fibonacci, 10, [55, 89]));
  test("keep their value when a loop does not run", () => expectIntegers(fibonacci, 0, [0, 1]));

  test("swap", () => {
    const swap = (k: Builder, n: Node): Node[] => {
      const [a, b] = [k.variable(k.constant(3, "i32")), k.variable(k.constant(4, "i32"))];
      k.loop(0, n, 1, () => {
        const before = a.get();
        a.set(b.get());
        b.set(before);
      });
      return [a.get(), b.get()];
    };
    expectIntegers(swap, 5, [4, 3]);
    expectIntegers(swap, 4, [3, 4]);
  });

  test("pass through nested loops and conditions", () => {
    const count = (k: Builder, n: Node): Node[] => {
      const [total, odd, unset] = [0, 0, 9].map((init) => k.variable(k.constant(init, "i32")));
      k.loop(0, n, 1, (i) => {
        k.loop(0, i, 1, (j) => {
          total!.set(k.iadd(total!.get(), j));
          k.when(k.and(j, 1), () => odd!.set(k.iadd(odd!.get(), unset!.get())));
        });
        total!.set(k.iadd(total!.get(), 100));
      });
      return [total!.get(), odd!.get(), unset!.get()];
    };
    let [total, odd] = [0, 0];
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < i; j++) [total, odd] = [total + j, odd + (j & 1) * 9];
      total += 100;
    }
    expectIntegers(count, 6, [total, odd, 9]);
  });

  test("a value that is used after its next one is set", () => {
    const delayed = (k: Builder, n: Node): Node[] => {
      const [a, trace] = [k.variable(k.constant(1, "i32")), k.variable(k.constant(0, "i32"))];
      k.loop(0, n, 1, () => {
        const before = a.get();
        a.set(k.imul(before, 3));
        trace.set(k.isub(k.iadd(trace.get(), a.get()), before));
      });
      return [a.get(), trace.get()];
    };
    expectIntegers(delayed, 3, [27, 2 + 6 + 18]);
  });

  test("cannot be set in vectors", () => {
    const wrong = (k: Builder, n: Node): Node[] => {
      const a = k.variable(n);
      k.vectors(n, (i) => a.set(i));
      return [a.get()];
    };
    expect(() => integers(wrong).build({}, wasmSimd128)).toThrow(
      "A variable of an outer region cannot be set in vectors.",
    );
  });
});

test("operands that do not fit are named", () => {
  const wrong = (k: Builder, n: Node): Node[] => [k.add(n, k.constant(1, "f32"))];
  expect(() => integers(wrong).build({}, wasmSimd128)).toThrow(
    "Cannot build add(i32, f32): its operands must have one type.",
  );
});

test("loop invariants are placed outside, and addresses step with the loop", () => {
  const sum = kernel("sum-columns", (_: Readonly<Record<never, never>>) => ({
    signature: { x: vector(), y: vector(), n: size(), pitch: size() },
    build(k, { x, y, n, pitch }) {
      k.items(() => {
        const acc = k.variable(k.constant(0, "vec f32"));
        k.loop(0, n, 1, (p) => {
          const two = k.splat(k.toF32(pitch));
          acc.set(k.add(acc.get(), k.mul(two, k.load(x, k.iadd(k.imul(p, pitch), 4)))));
        });
        k.store(y, 0, acc.get());
      });
    },
  }));
  expect(print(legalize(sum.build({}, wasmSimd128), wasmSimd128))).toMatchInlineSnapshot(`
    "kernel sum-columns(x: i32, y: i32, n: i32, pitch: i32) scratch 0 {
      %0: i32 = argument {word=0}
      %1: i32 = argument {word=1}
      %2: i32 = argument {word=2}
      %3: i32 = argument {word=3}
      %4: f32 = const {value=0}
      %5: vec f32 = splat %4
      %6: i32 = const {value=0}
      %7: i32 = const {value=1}
      %8: f32 = toF32 %3
      %9: vec f32 = splat %8
      %10: i32 = const {value=4}
      %11: i32 = begin
      %12: i32 = end
      %13: i32 = imul %3, %10
      loop %11, %12, %7 { (%14: i32)
        %15 = loop %6, %2, %7, %5, %0 { (%16: i32, %17: vec f32, %18: i32)
          %19: i32 = iadd %18, %13
          %20: vec f32 = read {storage=f32, offset=16} %18
          %21: vec f32 = mul %9, %20
          %22: vec f32 = add %17, %21
          yield %22, %19
        }
        %23: vec f32 = result {index=0} %15
        write {storage=f32, offset=0} %1, %23
      }
    }
    "
  `);
});

describe("items in two parts", () => {
  const doubled = kernel("doubled", (_: Readonly<Record<never, never>>) => ({
    signature: { x: vector(), y: vector() },
    build(k, { x, y }) {
      k.itemsInTwo({
        values: 2,
        first: (item) => [k.loadScalar(x, item), k.toF32(item)],
        between: ([value, item]) => [k.add(value!, value!), item!],
        second: (item, [value, made]) => k.storeScalar(y, item, k.add(k.mul(value!, 100), k.add(made!, k.toF32(item)))),
      });
    },
  }));

  test.each([
    [0, 5, [0, 202, 404, 606, 808]],
    [2, 4, [-1, -1, 404, 606, -1]],
    [4, 5, [-1, -1, -1, -1, 808]],
    [3, 3, [-1, -1, -1, -1, -1]],
  ])("from %i to %i: each gets what its own first part made", (begin, end, expected) => {
    for (const machine of machines) {
      const args = { x: Float32Array.of(0, 1, 2, 3, 4), y: new Float32Array(5).fill(-1) };
      const { y } = runKernel(doubled.build({}, machine.target), machine, args, { begin, items: end });
      expect([...y], machine.name).toEqual(expected);
    }
  });

  test("may write over what their own first part read", () => {
    const inPlace = kernel("in-place", (_: Readonly<Record<never, never>>) => ({
      signature: { x: vector() },
      build(k, { x }) {
        const first = (item: Node): Node[] => [k.loadScalar(x, item)];
        const second = (item: Node, [value]: readonly Node[]): void => k.storeScalar(x, item, k.neg(value!));
        k.itemsInTwo({ values: 1, first, between: (made) => made, second });
      },
    }));
    for (const machine of machines) {
      const { x } = runKernel(
        inPlace.build({}, machine.target),
        machine,
        { x: Float32Array.of(1, 2, 3) },
        { items: 3 },
      );
      expect([...x], machine.name).toEqual([-1, -2, -3]);
    }
  });
});
