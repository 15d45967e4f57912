import type { Target } from "../../ir/target.ts";
import type { Storage } from "../../ir/type.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launch, Launches, Packed, Place, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, packed, temporary, use } from "../schedule.ts";
import { tileFor } from "./choose-tile.ts";
import type { Finish } from "./finish.ts";
import { finishOf } from "./finish.ts";
import { packPairs, packPairsOnce } from "./pack-pairs.ts";
import type { Product } from "./product.ts";
import { productOf } from "./product.ts";
import { shiftRows } from "./shift-rows.ts";
import { tileLaunches } from "./tile-launches.ts";

/** Products of bytes, exact in i32: both operands as i16 less their zero points, multiplied in pairs. */
export const integerSchedule: Schedule = {
  name: "matmul-integer",
  ops: ["matmulInteger"],
  epilogue: true,
  plan(step, target) {
    const [a, b] = step.operands as readonly [TensorFacts, TensorFacts];
    const [y] = step.results;
    if (y === undefined) return "nobody uses the result";
    if (target.lanes === undefined) return "panels need the number of lanes";
    const finish = finishOf(step, { dtype: "i32" });
    if (typeof finish === "string") return finish;
    const others = finish.others.map((index) => step.operands[index] as TensorFacts);
    const odd = [...others, y].find(({ dtype }) => storageOf(dtype) === undefined);
    if (odd) return `${odd.dtype} has no elementwise kernels`;
    const product = productOf({ a: a.shape, b: b.shape, others: others.map(({ shape }) => shape) });
    return launchesOf({ step, target, product, finish });
  },
};

interface Work {
  readonly step: StepFacts;
  readonly target: Target;
  readonly product: Product;
  readonly finish: Finish;
}

/** Number of the temporary of a, and of b where it is packed in each run. */
const [left, right] = [0, 1] as const;

function launchesOf({ step, target, product, finish }: Work): Launches {
  const pairs = Math.ceil(product.depth / 2);
  const shifted = shiftLeft(step, product, 2 * pairs);
  const panels = rightPanels(step, product, target);
  const ratio = (2 * pairs) / Math.max(1, product.depth);
  const tiles = tileLaunches({
    ...{ step, target, finish, storage: "i16", packsColumns: true, packsRows: false, steps: 1 },
    product: { ...product, depth: pairs, a: product.a.map((stride) => stride * ratio) },
    words: { a: temporary(left), ...panels.words },
  });
  return {
    ...tiles,
    launches: [...shifted.launches, ...panels.launches, ...tiles.launches],
    temporaries: [...shifted.temporaries, ...panels.temporaries],
    packed: panels.packed,
  };
}

interface Made {
  readonly launches: readonly Launch[];
  readonly temporaries: readonly number[];
}

/** Rows of a as i16 with an even pitch. */
function shiftLeft({ operands }: StepFacts, { depth }: Product, pitch: number): Made {
  const [a, , zeros] = operands as readonly [TensorFacts, TensorFacts, TensorFacts?];
  const rows = depth === 0 ? 0 : elementCount(a.shape) / depth;
  return {
    launches: [
      {
        kernel: use(shiftRows, { storage: storageOf(a.dtype) as Storage, hasZeros: zeros !== undefined }),
        words: {
          ...{ x: operand(0), xPitch: depth, y: temporary(left), yPitch: pitch, n: depth },
          ...{ zeros: operand(zeros ? 2 : 0), zeroCount: zeros ? elementCount(zeros.shape) : 1 },
        },
        items: rows,
        flops: rows * depth,
        bytes: 3 * rows * depth,
      },
    ],
    temporaries: [2 * rows * pitch],
  };
}

interface RightPanels extends Made {
  readonly words: Readonly<Record<string, number | Place>>;
  readonly packed: readonly Packed[];
}

function rightPanels({ operands }: StepFacts, { n, depth, b: strides }: Product, target: Target): RightPanels {
  const [, b, , zeros] = operands as readonly [TensorFacts, TensorFacts, TensorFacts?, TensorFacts?];
  const { nv } = tileFor(target, n);
  const width = nv * (target.lanes as number);
  const [pairs, panels] = [Math.ceil(depth / 2), Math.ceil(n / width)];
  const matrix = panels * pairs * width * 2;
  const words = { bPitch: 2 * width, bPanel: 2 * pairs * width, tailPitch: 2 * width, regular: panels };
  const perMatrix = (size: number): Record<string, number> =>
    Object.fromEntries(
      strides.flatMap((stride, d) => [
        [`bStride${d}`, stride * size],
        [`tailStride${d}`, 0],
      ]),
    );
  if (b.constant && (zeros === undefined || zeros.constant) && strides.every((stride) => stride === 0)) {
    const made = packPairsOnce(b.constant, zeros?.constant, width);
    return {
      words: { ...words, b: packed(), tail: packed(), ...perMatrix(0) },
      launches: [],
      temporaries: [],
      packed: [made],
    };
  }
  const matrices = elementCount(b.shape.slice(0, -2));
  const launch: Launch = {
    kernel: use(packPairs, { nv, storage: storageOf(b.dtype) as Storage, hasZeros: zeros !== undefined }),
    words: {
      ...{ b: operand(1), packed: temporary(right), n, depth, pairs, panels },
      ...{ zeros: operand(zeros ? 3 : 1), zeroCount: zeros ? elementCount(zeros.shape) : 1 },
    },
    items: matrices * panels,
    flops: 0,
    bytes: 3 * elementCount(b.shape),
  };
  return {
    words: { ...words, b: temporary(right), tail: temporary(right), ...perMatrix(matrix) },
    launches: [launch],
    temporaries: [2 * matrices * matrix],
    packed: [],
  };
}
