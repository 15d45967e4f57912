/** Kernels that move numbers between f16 and f32 in each way that kernels can, and what comes of it by the definition of the format. */
import { seed } from "../../../test/support/seed.ts";
import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import type { Machine } from "../../kernels/testdata/machines.ts";
import { runKernel } from "../../kernels/testdata/run-kernel.ts";
import { createRandom } from "../../tensor/random.ts";

export const ways = ["vectors", "quads", "scalars", "splats"] as const;
/** How elements are reached: whole vectors and the last few, four at a time, one, or one in all lanes. */
export type Way = (typeof ways)[number];

interface Ends {
  readonly from: View;
  readonly to: View;
  readonly n: Node;
}

const moves: Readonly<Record<Way, (k: Builder, ends: Ends) => void>> = {
  vectors: (k, { from, to, n }) => k.vectors(n, (i, part) => k.store(to, i, k.load(from, i, part), part)),
  quads: (k, { from, to, n }) => {
    k.loop(0, n, 4, (i) => k.storeQuad(to, i, k.loadQuad(from, i)));
  },
  scalars: (k, { from, to, n }) => {
    k.loop(0, n, 1, (i) => k.storeScalar(to, i, k.loadScalar(from, i)));
  },
  splats: (k, { from, to, n }) => {
    k.loop(0, n, 1, (i) => k.vectors(1, (_, part) => k.store(to, i, k.loadSplat(from, i), part)));
  },
};

const move = kernel("move", ({ way, from, to }: { way: Way; from: "f16" | "f32"; to: "f16" | "f32" }) => ({
  signature: { x: vector(from), y: vector(to), n: size() },
  build(k, { x, y, n }) {
    k.items(() => moves[way](k, { from: x, to: y, n }));
  },
}));

/** Quads want a multiple of four. */
const padded = <T extends Uint16Array | Float32Array>(data: T): T => {
  const made = new (data.constructor as new (length: number) => T)(Math.ceil(data.length / 4) * 4);
  made.set(data);
  return made;
};

/** What a machine makes of f16 bits. */
export function loadHalves(machine: Machine, way: Way, bits: Uint16Array): Float32Array {
  const x = way === "quads" ? padded(bits) : bits;
  const args = { x, y: new Float32Array(x.length), n: x.length };
  const kernel = move.build({ way, from: "f16", to: "f32" }, machine.target);
  return runKernel(kernel, machine, args, { items: 1, misalign: 2 }).y.slice(0, bits.length);
}

/** The f16 bits that a machine makes of numbers. */
export function storeHalves(machine: Machine, way: Way, values: Float32Array): Uint16Array {
  const x = way === "quads" ? padded(values) : values;
  const args = { x, y: new Uint16Array(x.length), n: x.length };
  const kernel = move.build({ way, from: "f32", to: "f16" }, machine.target);
  return runKernel(kernel, machine, args, { items: 1, misalign: 2 }).y.slice(0, values.length);
}

/** By the definition of the format. */
function halfValue(bits: number): number {
  const [sign, exponent, mantissa] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return mantissa ? Number.NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + mantissa / 1024) : 2 ** -24 * mantissa);
}

/** All f16, as bits. */
export const patterns = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);
/** What they stand for. */
export const values = Float32Array.from(patterns, halfValue);

/** Numbers, and the f16 that each is stored as. */
export interface Boundaries {
  readonly x: Float32Array;
  readonly expected: Uint16Array;
}

/** f32 beside each of the finite f16 of one sign, beyond the last, and NaNs of both kinds; with the f16 that is nearest, or even. */
export function boundaries(): Boundaries {
  const [x, expected]: [number[], number[]] = [[], []];
  const random = createRandom(seed);
  const add = (magnitude: number, bits: number): void => {
    x.push(magnitude, -magnitude);
    expected.push(bits, bits + 0x8000);
  };
  for (let bits = 0; bits < 0x7c00; bits++) {
    const [value, next] = [halfValue(bits), bits === 0x7bff ? 65536 : halfValue(bits + 1)];
    const middle = (value + next) / 2;
    const step = (next - value) * 2 ** -12;
    add(value, bits);
    add(middle, bits + (bits & 1));
    add(middle - step, bits);
    add(middle + step, bits + 1);
    add(value + (middle - value) * 0.999 * random.uniform() ** 2, bits);
  }
  for (const large of [65536, 1e10, 3.4e38, Infinity]) add(large, 0x7c00);
  for (const small of [2 ** -26, 2 ** -126, 2 ** -149]) add(small, 0);
  const nans = [0x7fc00000, 0xffc00000, 0x7f800001, 0xff800001, 0x7fbfffff, 0xffffffff, 0x7f802000];
  const words = Uint32Array.from([...new Uint32Array(Float32Array.from(x).buffer), ...nans]);
  return { x: new Float32Array(words.buffer), expected: Uint16Array.from([...expected, ...nans.map(() => 0x7e00)]) };
}

/** Bits, all NaNs alike, each a quiet one. */
export function quietBits(loaded: Float32Array): Int32Array {
  return new Int32Array(loaded.buffer).map((bits) => ((bits & 0x7fc00000) === 0x7fc00000 ? 0x7fc00000 : bits));
}
