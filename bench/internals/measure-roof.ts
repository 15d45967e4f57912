// Prints, for each target of the task, the most that its machine gives: multiply-adds of the best tile loop, and bytes read from memory.
import type { TileShape } from "../../src/ir/target.ts";
import { use } from "../../src/kernels/schedule.ts";
import type { KernelHost } from "../../src/runtime/kernel-host.ts";
import { floats, openHost, prepare, secondsPerItem } from "./repeat-launch.ts";
import { readRow, tileLoop } from "./roof-kernels.ts";

interface Roof {
  readonly target: string;
  readonly gflops: number;
  readonly tile: TileShape;
  /** Billions of bytes a second, from arrays larger than the caches of one core. */
  readonly readGbs: number;
}

const depth = 128;
const mostLanes = 64;
const rowElements = 1 << 14;
const rowCount = 1 << 10;

function gflopsOf(host: KernelHost, lanes: number, tile: TileShape): number {
  const [a, b, c] = [
    floats(host, tile.mr * depth),
    floats(host, depth * tile.nv * mostLanes),
    floats(host, tile.mr * 1024),
  ];
  const words = { a, aPitch: depth, b, c, cPitch: 1024, depth };
  const seconds = secondsPerItem(prepare(host, use(tileLoop, tile), words), { calls: 12 });
  return (2 * tile.mr * tile.nv * lanes * depth) / seconds / 1e9;
}

function readGbs(host: KernelHost): number {
  const words = {
    x: floats(host, rowElements * rowCount),
    xPitch: rowElements,
    kept: floats(host, 16),
    n: rowElements,
  };
  const prepared = prepare(host, use(readRow, {}), words);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 12; i++) {
    const start = performance.now();
    prepared.run(rowCount);
    best = Math.min(best, performance.now() - start);
  }
  return (4 * rowElements * rowCount) / best / 1e6;
}

function roofOf(target: string): Roof {
  const host = openHost(target);
  try {
    const { lanes, tiles } = host.target;
    if (lanes === undefined) throw new RangeError(`${target} has no fixed number of lanes: its roof is not measured.`);
    const square = tiles.filter(({ mr }) => mr > 1);
    const measured = square.map((tile) => ({ tile, gflops: gflopsOf(host, lanes, tile) }));
    const [best] = measured.sort((x, y) => y.gflops - x.gflops);
    if (best === undefined) throw new RangeError(`${target} has no tiles.`);
    return { target, ...best, readGbs: readGbs(host) };
  } finally {
    host.dispose();
  }
}

const { targets } = JSON.parse(process.argv[2] ?? "{}") as { readonly targets: readonly string[] };
console.log(JSON.stringify(targets.map(roofOf)));
