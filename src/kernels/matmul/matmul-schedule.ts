import type { Activation } from "../../ops/activation.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Schedule, TensorFacts } from "../schedule.ts";
import { stepsOf } from "./along-depth.ts";
import { tileFor } from "./choose-tile.ts";
import { finishOf } from "./finish.ts";
import { panelsOf } from "./panels-of.ts";
import { productOf } from "./product.ts";
import { rowsOf } from "./rows-of.ts";
import { tileLaunches } from "./tile-launches.ts";

const floats: ReadonlySet<string> = new Set(["f32", "f16", "bf16"]);

/** Matrix products of floats with any batch, with bias, activation and what follows; sums in f32. */
export const matmulSchedule: Schedule = {
  name: "matmul",
  ops: ["matmul", "linear"],
  epilogue: true,
  plan(step, target) {
    const [a, b] = step.operands as readonly [TensorFacts, TensorFacts];
    const [y] = step.results;
    if (y === undefined) return "nobody uses the result";
    if (!floats.has(a.dtype)) return `${a.dtype} has no matmul kernels`;
    if (target.lanes === undefined) return "panels need the number of lanes";
    const activation = step.attributes["activation"] as Activation | undefined;
    const finish = finishOf(step, { dtype: a.dtype, activation, ...(step.op === "linear" && { bias: 2 }) });
    if (typeof finish === "string") return finish;
    const others = finish.others.map((index) => step.operands[index] as TensorFacts);
    const odd = [...others, y].find(({ dtype }) => storageOf(dtype) === undefined);
    if (odd) return `${odd.dtype} has no elementwise kernels`;
    const product = productOf({ a: a.shape, b: b.shape, others: others.map(({ shape }) => shape) });
    const tile = tileFor(target, product.n);
    const panels = panelsOf({ b, product, tile, lanes: target.lanes });
    const left = rowsOf({ a, product, tile, lanes: target.lanes, next: panels.temporaries.length });
    const steps = panels.packed.length > 0 ? stepsOf(product.depth, target) : 1;
    const form = { storage: panels.storage, packsColumns: panels.isPacked, packsRows: left.isPacked, steps };
    const words = { a: left.place, ...panels.words };
    const tiles = tileLaunches({ step, target, product, finish, ...form, words });
    return {
      ...tiles,
      launches: [...left.launches, ...panels.launches, ...tiles.launches],
      temporaries: [...panels.temporaries, ...left.temporaries],
      packed: panels.packed,
    };
  },
};
