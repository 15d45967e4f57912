/** Shuffles, narrowing and widening of 128 bits. */
import type { Node } from "../../ir/node.ts";
import type { Type } from "../../ir/type.ts";
import { elementOf, widthOf } from "../../ir/type.ts";
import type { Mnemonic } from "./instructions.ts";
import { anywhere, from, to } from "./machine-op.ts";
import type { Rule, Selector } from "./selector.ts";

const width = 128;

const isUnsigned = (type: Type): boolean => elementOf(type).startsWith("u");

/** Two bits for each of four lanes. */
const control = (lanes: readonly number[]): number => lanes.reduce((sum, lane, i) => sum | ((lane & 3) << (2 * i)), 0);

/** The byte numbers that vpshufb takes from one operand; 0x80 gives 0. */
function bytesFrom(pattern: readonly number[], bytes: number, first: number): Uint8Array {
  const lanes = 16 / bytes;
  return Uint8Array.from(
    pattern.flatMap((lane) =>
      Array.from({ length: bytes }, (_, i) =>
        lane >= first && lane < first + lanes ? (lane - first) * bytes + i : 0x80,
      ),
    ),
  );
}

function shuffleBytes(s: Selector, node: Node, from1: { pattern: readonly number[]; bytes: number }): void {
  const { pattern, bytes } = from1;
  const lanes = 16 / bytes;
  const parts = node.args
    .map((arg, i) => ({ arg, first: i * lanes }))
    .filter(({ first }) => pattern.some((lane) => lane >= first && lane < first + lanes))
    .map(({ arg, first }) => {
      const part = s.builder.vreg("vec");
      const value = from(s.valueOf(arg));
      s.op("vpshufb", { width }, to(part), value, anywhere(s.bytes(bytesFrom(pattern, bytes, first))));
      return part;
    });
  const [one, other] = parts as [number, number | undefined];
  if (other === undefined) s.alias(node, one);
  else s.op("vorps", { width }, to(s.define(node)), from(one), from(other));
}

/** Four lanes of one operand, or two of each, need no table. */
const shuffle: Rule = (s, node) => {
  const bytes = widthOf(elementOf(node.type));
  const [a, b] = node.args as [Node, Node];
  const lanes = 16 / bytes;
  const given = node.immediate["pattern"] as readonly number[];
  const pattern = a === b ? given.map((lane) => lane % lanes) : given;
  const sides = pattern.map((lane) => (lane < lanes ? a : b));
  if (lanes !== 4) {
    shuffleBytes(s, node, { pattern, bytes });
    return;
  }
  const [first, second, third, fourth] = sides as [Node, Node, Node, Node];
  if (first !== second || third !== fourth) {
    shuffleBytes(s, node, { pattern, bytes });
    return;
  }
  const [left, right] = [s.valueOf(first), s.valueOf(third)];
  if (left === right) s.op("vpermilps", { width }, to(s.define(node)), s.place(left), control(pattern));
  else s.op("vshufps", { width }, to(s.define(node)), from(left), s.place(right), control(pattern));
};

const narrowing: Readonly<Record<string, Mnemonic>> = {
  i16: "vpackssdw",
  u16: "vpackusdw",
  i8: "vpacksswb",
  u8: "vpackuswb",
};

const narrowSat: Rule = (s, node) => {
  const [a, b] = node.args.map((arg) => s.valueOf(arg)) as [number, number];
  const mnemonic = narrowing[elementOf(node.type)] as Mnemonic;
  s.op(mnemonic, { width }, to(s.define(node)), from(a), s.place(b));
};

/** Sign- or zero-extension of lanes to twice their width. */
function widening(type: Type): Mnemonic {
  if (widthOf(elementOf(type)) === 2) return isUnsigned(type) ? "vpmovzxwd" : "vpmovsxwd";
  return isUnsigned(type) ? "vpmovzxbw" : "vpmovsxbw";
}

const widenLo: Rule = (s, node) => {
  const [a] = node.args as [Node];
  const value = from(s.valueOf(a));
  s.op(widening(a.type), { width }, to(s.define(node)), value);
};

const widenHi: Rule = (s, node) => {
  const [a] = node.args as [Node];
  const upper = s.builder.vreg("vec");
  s.op("vpsrldq", { width }, to(upper), from(s.valueOf(a)), 8);
  s.op(widening(a.type), { width }, to(s.define(node)), from(upper));
};

export const quadRules = { shuffle, narrowSat, widenLo, widenHi } satisfies Partial<Record<string, Rule>>;
