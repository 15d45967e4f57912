import { size, vector } from "../ir/arguments.ts";
import { kernel } from "../ir/kernel.ts";
import type { TileShape } from "../ir/target.ts";
import type { Launch } from "../kernels/schedule.ts";
import { operand, result, use } from "../kernels/schedule.ts";
import { bindPlan } from "../plan/bind-plan.ts";
import type { BoundPlan } from "../plan/bound-plan.ts";
import { buildPlan } from "../plan/build-plan.ts";
import type { KernelHost } from "../runtime/kernel-host.ts";
import { graphOf } from "./kernel-settings.ts";
import { PlanTimer, withLaunch } from "./time-plan.ts";

/** What a machine reaches at best with one thread: billions of operations and of bytes read a second. */
export interface Roof {
  readonly gflops: number;
  /** From memory. */
  readonly gbs: number;
  /** From a cache that holds `cachedBytes`. */
  readonly cachedGbs: number;
}

/** What the second cache of most machines holds: a step that moves less is measured by the cache. */
export const cachedBytes = 2 ** 19;

/** A tile of c = a · b whose operands lie in the first cache; an item is a tile. a is [depth][mr], b [depth][nv · lanes]. */
const tileLoop = kernel("tile-loop", ({ mr, nv }: TileShape) => ({
  signature: { a: vector(), b: vector(), c: vector(), depth: size() },
  build(k, { a, b, c, depth }) {
    k.items(() => {
      const tile = k.tile(mr, nv);
      const width = k.imul(nv, k.lanes);
      k.loop(0, depth, 1, (p) => {
        const bRow = Array.from({ length: nv }, (_, j) => k.load(b, k.iadd(k.imul(p, width), k.imul(j, k.lanes))));
        for (let i = 0; i < mr; i++) tile.fma(i, () => k.loadSplat(a, k.iadd(k.imul(p, mr), i)), bRow);
      });
      for (let i = 0; i < mr; i++) for (let j = 0; j < nv; j++) k.store(c, k.imul(i * nv + j, k.lanes), tile.get(i, j));
    });
  },
}));

const depth = 192;
const tiles = 64;
/** Elements of the operands and of the result of a tile, at least. */
const tileElements = 65536;
/** More than the last cache of most machines holds. */
const readBytes = 2 ** 26;
const readRows = 64;

/** Measures the roof of a host's target, for about `ms` each figure. Undefined for a target whose vectors have no known length. */
export function measureRoof(host: KernelHost, ms: number): Roof | undefined {
  const { lanes } = host.target;
  if (lanes === undefined) return undefined;
  const timer = new PlanTimer(host);
  const small = boundTo(host, `x: f32[${tileElements}]`, "exp(x)");
  const gflops = host.target.tiles.map(({ mr, nv }) => {
    const launch = tileLaunch({ mr, nv });
    return (launch.flops * lanes) / timer.leastMs(withLaunch(small, launch), ms) / 1e6;
  });
  const reading = (bytes: number): number => {
    const line = "reduceSum(x, {axes: [1], keepDims: false})";
    return bytes / timer.leastMs(boundTo(host, `x: f32[${readRows},${bytes / 4 / readRows}]`, line), ms) / 1e6;
  };
  const cachedGbs = reading(cachedBytes);
  return { gflops: Math.max(...gflops), cachedGbs, gbs: reading(readBytes) };
}

/** Its operations are for one lane. */
function tileLaunch({ mr, nv }: TileShape): Launch {
  const words = { a: operand(0), b: operand(0, 4 * depth * mr), c: result(), depth };
  return { kernel: use(tileLoop, { mr, nv }), words, items: tiles, flops: 2 * mr * nv * depth * tiles, bytes: 0 };
}

const boundTo = (host: KernelHost, inputs: string, line: string): BoundPlan =>
  bindPlan(buildPlan(graphOf({ inputs, lines: [line] }, {})), new Map(), { target: host.target });
