import type { Node } from "../../ir/node.ts";
import { elementOf, widthOf } from "../../ir/type.ts";
import { read } from "./code-builder.ts";
import type { Mnemonic } from "./instructions.ts";
import type { Rule } from "./selector.ts";

/** Lanes of two operands by number, as patterns of n lanes. */
const patterns: Readonly<Record<string, (lane: number, lanes: number) => number>> = {
  zip1_v: (i, n) => (i >> 1) + (i & 1) * n,
  zip2_v: (i, n) => (i >> 1) + n / 2 + (i & 1) * n,
  uzp1_v: (i) => 2 * i,
  uzp2_v: (i) => 2 * i + 1,
  trn1_v: (i, n) => (i & ~1) + (i & 1) * n,
  trn2_v: (i, n) => (i & ~1) + 1 + (i & 1) * n,
};

/** Lanes of two quads in any order: one instruction where there is one for the pattern, else looked up in tables. */
export const shuffle: Rule = (s, node) => {
  const [a, b] = node.args as [Node, Node];
  const width = widthOf(elementOf(node.type));
  const lanes = 16 / width;
  const same = a === b;
  const pattern = (node.immediate["pattern"] as readonly number[]).map((lane) => (same ? lane % lanes : lane));
  const holds = (make: (i: number, n: number) => number): boolean =>
    pattern.every((lane, i) => lane === (same ? make(i, lanes) % lanes : make(i, lanes)));
  const [first] = pattern as [number];
  if (holds((i) => i)) return s.code.move(s.result(node), s.vreg(a));
  if (holds((i) => i + lanes)) return s.code.move(s.result(node), s.vreg(b));
  const [half, from] = [lanes / 2, first < lanes ? a : b];
  if (pattern.every((each) => each === first))
    return s.code.op(`dup_${suffixes[width] as "s"}`, s.write(node), s.read(from), first % lanes);
  if (first % half === 0 && pattern.every((each, i) => each === first + (i % half)))
    return s.code.op("dup_d", s.write(node), s.read(from), (first % lanes) / half);
  if (holds((i) => i + first)) return s.code.op("ext_v", s.write(node), s.read(a), s.read(b), first * width);
  const found = Object.entries(patterns).find(([, make]) => holds(make))?.[0];
  if (found) return s.code.op(found as Mnemonic, s.write(node), Math.log2(width), s.read(a), s.read(b));
  lookUp(s, node, pattern);
};

const suffixes: Readonly<Record<number, string>> = { 1: "b", 2: "h", 4: "s" };

/** Bytes of `a`, zeros elsewhere; then those of `b` over them. */
const lookUp = (s: Parameters<Rule>[0], node: Node, pattern: readonly number[]): void => {
  const [a, b] = node.args as [Node, Node];
  const width = widthOf(elementOf(node.type));
  const indexes = (from: number): Uint8Array =>
    Uint8Array.from({ length: 16 }, (_, i) => {
      const byte = (pattern[Math.floor(i / width)] as number) * width + (i % width) - from;
      return byte >= 0 && byte < 16 ? byte : 255;
    });
  const ofA = s.code.vreg("vec");
  s.code.source(ofA, (to) => [["ldr_q_lit", to, indexes(0)]]);
  s.code.op("tbl1", s.write(node), s.read(a), read(ofA));
  if (pattern.every((each) => each * width < 16)) return;
  const ofB = s.code.vreg("vec");
  s.code.source(ofB, (to) => [["ldr_q_lit", to, indexes(16)]]);
  s.code.op("tbx1", s.update(node), s.read(b), read(ofB));
};
