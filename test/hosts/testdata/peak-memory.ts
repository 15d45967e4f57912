import { readFileSync } from "node:fs";
import { load } from "../../../src/api/load.ts";

/** The most memory that this process has had resident since it began, in bytes. */
const highWater = (): number =>
  1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);

/** How far loading a model with an input x, by its path or as bytes, and running it once raise that mark. */
export async function peakMemory(
  target: string,
  path: string,
  { shape, by }: { shape: readonly number[]; by: string },
) {
  const before = highWater();
  using model = await load(by === "bytes" ? new Uint8Array(readFileSync(path)) : path, {
    target,
    shapes: { x: shape },
  });
  const x = new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(1);
  const { y } = await model.run({ x: { dtype: "f32", shape, data: x } });
  const { arenaBytes } = model.info;
  return { growth: highWater() - before - arenaBytes, first: Number(y?.data[0]) };
}
