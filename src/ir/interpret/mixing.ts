/** Operations whose lanes depend on more than the same lane of the operands, or on immediates. */
import type { Node } from "../node.ts";
import type { Op } from "../operations.ts";
import { elementOf, widthOf } from "../type.ts";
import type { Lanes } from "./lanes.ts";

/** Fills `out` from the operands. */
type Mix = (node: Node, args: readonly Lanes[], out: Lanes) => Lanes;

const shiftBy =
  (apply: (x: number, count: number) => number): Mix =>
  (node, [x, count], out) => {
    const bits = 8 * widthOf(elementOf(node.type));
    return out.map((_, i) => apply(x![i]!, count![0]! & (bits - 1)));
  };

/** The bits of a lane as an unsigned number. */
const unsigned = (node: Node, x: number): number => {
  const bits = 8 * widthOf(elementOf(node.type));
  return bits === 32 ? x >>> 0 : x & (2 ** bits - 1);
};

const limits: Readonly<Record<string, readonly [number, number]>> = {
  i16: [-32768, 32767],
  u16: [0, 65535],
  i8: [-128, 127],
  u8: [0, 255],
};

const widen =
  (upper: boolean): Mix =>
  (_, [x], out) =>
    out.map((_lane, i) => x![i + (upper ? out.length : 0)]!);

export const mixing: Partial<Record<Op, Mix>> = {
  iota: (_, _args, out) => out.map((_lane, i) => i),
  not: (node, [x], out) => out.map((_, i) => (elementOf(node.type) === "i32" ? ~x![i]! : 1 - x![i]!)),
  shl: shiftBy((x, count) => x << count),
  sar: shiftBy((x, count) => x >> count),
  shr: (node, args, out) => shiftBy((x, count) => unsigned(node, x) >>> count)(node, args, out),
  any: (_, [mask], out) => out.fill(Number(mask!.some((lane) => lane !== 0))),
  all: (_, [mask], out) => out.fill(Number(mask!.every((lane) => lane !== 0))),
  dot2: (_, [acc, a, b], out) =>
    out.map((_lane, i) => acc![i]! + a![2 * i]! * b![2 * i]! + a![2 * i + 1]! * b![2 * i + 1]!),
  extract: (node, [x], out) => out.fill(x![node.immediate["lane"] as number]!),
  shuffle: (node, [a, b], out) => {
    const pattern = node.immediate["pattern"] as readonly number[];
    return out.map((_, i) => (pattern[i]! < out.length ? a![pattern[i]!]! : b![pattern[i]! - out.length]!));
  },
  narrowSat: (node, [a, b], out) => {
    const [least, most] = limits[elementOf(node.type)] as readonly [number, number];
    const half = a!.length;
    return out.map((_, i) => Math.min(Math.max(i < half ? a![i]! : b![i - half]!, least), most));
  },
  widenLo: widen(false),
  widenHi: widen(true),
  lookup16: (_, [table, index], out) => out.map((_lane, i) => (index![i]! < 16 ? table![(i & ~15) + index![i]!]! : 0)),
};
