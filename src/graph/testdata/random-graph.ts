import { ops } from "../../ops/index.ts";
import { pick } from "../../ops/pick.ts";
import type { Random } from "../../passes/testdata/random-datum.ts";
import { symbol } from "../../tensor/dim.ts";
import type { DType } from "../../tensor/dtype.ts";
import { fromNumbers, scalar } from "../../tensor/numbers.ts";
import type { Graph } from "../graph.ts";
import { absent, constant, input } from "../leaves.ts";
import type { TensorType } from "../type.ts";
import { tensorType } from "../type.ts";
import type { Value } from "../value.ts";

const { add, cast, clip, concat, div, exp, mul, reduceMean, reshape, shapeOf, sigmoid, softmax, sub, topK, transpose } =
  ops;

/** Numbers that printing could get wrong. */
const oddNumbers = [0, -0, 1, 0.1, -1e-45, 3.4028234663852886e38, 1e-5, Math.PI, 123456789, 1 / 0, -1 / 0, Number.NaN];

/** A graph of `size` operators over inputs of f32, f16, f64 and i64, with constants, tuples, shape arithmetic and sharing. Operators keep the rank 2. */
export function randomGraph(random: Random, size: number): Graph {
  const choose = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const dims = [symbol("N"), 4];
  const inputs = (["f32", "f32", "f16", "f64", "i64"] as const).map((dtype, i) =>
    input(`in ${i}`, tensorType(dtype, dims)),
  );
  const pool: Value[] = [...inputs];
  const number = (dtype: DType) => (dtype === "i64" ? Math.floor(random() * 2000) - 1000 : choose(oddNumbers));
  const grow = (x: Value): Value => {
    const { dtype } = x.type as TensorType;
    const like = choose(pool.filter((value) => (value.type as TensorType).dtype === dtype));
    const floating = [
      () => sigmoid(x),
      () => exp(x),
      () => softmax(x, { axis: choose([0, 1]) }),
      () => reduceMean(x, { axes: [1], keepDims: true }),
      () => clip(x, absent, constant(scalar(dtype, number(dtype)))),
      () => div(constant(scalar(dtype, number(dtype))), x),
    ];
    const any = [
      () => add(x, like),
      () => mul(like, x),
      () => sub(constant(scalar(dtype, number(dtype))), x),
      () => add(x, constant(fromNumbers(dtype, [1], [number(dtype)]))),
      () =>
        mul(
          x,
          constant(
            fromNumbers(
              dtype,
              [1, 20],
              Float64Array.from({ length: 20 }, () => number(dtype)),
            ),
          ),
        ),
      () => cast(x, { to: choose(["f32", "f16", "f64", "i64"] as const) }),
      () => reshape(reshape(x, [-1]), shapeOf(x)),
      () => concat([x, like], { axis: 1 }),
      () => transpose(transpose(x, { permutation: [1, 0] }), { permutation: [1, 0] }),
      () => pick(topK(x, [1], { axis: 1, largest: random() < 0.5 }), { index: 0 }),
    ];
    return choose(dtype === "i64" ? any : [...any, ...floating])();
  };
  while (pool.length < inputs.length + size) {
    const grown = tryTo(() => grow(choose(pool)));
    if (grown !== undefined) pool.push(grown);
  }
  const outputs = Array.from({ length: 3 }, (_unused, i) => ({ name: `y${i}`, value: choose(pool) }));
  return { name: "random", inputs, outputs: [...outputs, { name: "last", value: pool.at(-1) as Value }] };
}

/** Operands that do not fit together are drawn again. */
function tryTo(build: () => Value): Value | undefined {
  try {
    return build();
  } catch {
    return undefined;
  }
}
