/** Integer arithmetic of vectors and quads, by the width of their lanes. */
import type { Node } from "../../ir/node.ts";
import type { Type } from "../../ir/type.ts";
import { elementOf, widthOf } from "../../ir/type.ts";
import type { Mnemonic } from "./instructions.ts";
import { anywhere, from, inout, to } from "./machine-op.ts";
import { countOf, splatInteger } from "./select-convert.ts";
import type { Rule, Selector } from "./selector.ts";

/** Instructions by the bytes of a lane. */
type ByWidth = Readonly<Partial<Record<number, Mnemonic>>>;

const isUnsigned = (type: Type): boolean => elementOf(type).startsWith("u");

/** The instruction for a type, or an error that says that there is none. */
export function instructionFor(node: Node, type: Type, table: ByWidth): Mnemonic {
  const found = table[widthOf(elementOf(type))];
  if (found === undefined) throw new RangeError(`Bug: x86-64 has no ${node.op} of ${type}.`);
  return found;
}

function emitBinary(s: Selector, node: Node, mnemonic: Mnemonic, [a, b]: readonly Node[]): void {
  const [left, right] = [from(s.valueOf(a)), s.operand(b)];
  s.op(mnemonic, { width: s.bitsOf(node.type) }, to(s.defineLast(node)), left, right);
}

const commuted = (s: Selector, [a, b]: readonly Node[]): readonly Node[] =>
  s.isFolded(a) || (a !== undefined && s.isSource(a) && !s.isFolded(b)) ? ([b, a] as Node[]) : ([a, b] as Node[]);

export const lanes =
  (table: ByWidth, commutes: boolean): Rule =>
  (s, node) =>
    emitBinary(s, node, instructionFor(node, node.type, table), commutes ? commuted(s, node.args) : node.args);

/** With instructions of their own for unsigned lanes. */
export const signedLanes =
  (signed: ByWidth, unsigned: ByWidth): Rule =>
  (s, node) =>
    emitBinary(
      s,
      node,
      instructionFor(node, node.type, isUnsigned(node.type) ? unsigned : signed),
      commuted(s, node.args),
    );

interface Shift {
  readonly wide: Mnemonic;
  readonly narrow: Mnemonic;
  readonly kind: "shl" | "shr" | "sar";
}

/** A shift of all lanes by a constant, or by the count in a general register. */
function emitShift(
  s: Selector,
  mnemonic: Mnemonic,
  of: { width: number; value: number; count: Node; bits: number },
): number {
  const { width, value, count, bits } = of;
  const result = s.builder.vreg("vec");
  const constant = countOf(count);
  if (constant !== undefined) s.op(mnemonic, { width }, to(result), from(value), constant & (bits - 1));
  else {
    const lane = s.builder.vreg("vec");
    s.op("vmovd", {}, to(lane), from(boundedCount(s, count, bits)));
    s.op(mnemonic, { width }, to(result), from(value), from(lane));
  }
  return result;
}

function boundedCount(s: Selector, count: Node, bits: number): number {
  const bounded = s.copy(s.valueOf(count));
  s.op("and", { width: 32 }, inout(bounded), bits - 1);
  return bounded;
}

/** The bits that a byte keeps when the pair of bytes that it is in is shifted: a constant, or from the count. */
function keptBits(s: Selector, node: Node, { kind }: Shift): number {
  const [, count] = node.args as [Node, Node];
  const constant = countOf(count);
  const isLeft = kind === "shl";
  if (constant !== undefined) {
    const kept = isLeft ? (0xff << (constant & 7)) & 0xff : 0xff >> (constant & 7);
    return s.word(Math.imul(kept, 0x01010101));
  }
  const bits = s.builder.vreg("gpr");
  const amount = from(boundedCount(s, count, 8));
  s.op(isLeft ? "shlx" : "shrx", { width: 32 }, to(bits), from(s.integer(0xff)), amount);
  return splatInteger(s, node.type, bits);
}

const shift =
  (of: Shift): Rule =>
  (s, node) => {
    const [value, count] = node.args as [Node, Node];
    const width = s.bitsOf(node.type);
    const bytes = widthOf(elementOf(node.type));
    const source = s.valueOf(value);
    if (bytes > 1) {
      const mnemonic = bytes === 4 ? of.wide : of.narrow;
      s.alias(node, emitShift(s, mnemonic, { width, value: source, count, bits: 8 * bytes }));
      return;
    }
    const kept = keptBits(s, node, of);
    const logical = of.kind === "sar" ? "vpsrlw" : of.narrow;
    const shifted = emitShift(s, logical, { width, value: source, count, bits: 8 });
    const masked = s.builder.vreg("vec");
    s.op("vandps", { width }, to(masked), from(shifted), s.place(kept));
    s.alias(node, of.kind === "sar" ? signedBytes(s, { masked, kept, width }) : masked);
  };

/** Shifted bytes with their sign: (x ^ m) - m, where m is the bit that the sign has come to. */
function signedBytes(s: Selector, { masked, kept, width }: { masked: number; kept: number; width: number }): number {
  const [half, sign, flipped, result] = [0, 1, 2, 3].map(() => s.builder.vreg("vec")) as [
    number,
    number,
    number,
    number,
  ];
  s.op("vpsrlw", { width }, to(half), from(kept), 1);
  s.op("vandps", { width }, to(flipped), from(half), anywhere(s.word(0x7f7f7f7f)));
  s.op("vpsubb", { width }, to(sign), from(kept), from(flipped));
  const inverted = s.builder.vreg("vec");
  s.op("vxorps", { width }, to(inverted), from(masked), from(sign));
  s.op("vpsubb", { width }, to(result), from(inverted), from(sign));
  return result;
}

const dot2: Rule = (s, node) => {
  const [acc, a, b] = node.args as [Node, Node, Node];
  const width = s.bitsOf(node.type);
  const products = s.builder.vreg("vec");
  s.op("vpmaddwd", { width }, to(products), from(s.valueOf(a)), s.place(s.valueOf(b)));
  const sum = from(s.valueOf(acc));
  s.op("vpaddd", { width }, to(s.define(node)), sum, from(products));
};

/** An index of 16 and above gets its top bit set, which makes vpshufb give 0. */
const lookup16: Rule = (s, node) => {
  const [table, index] = node.args;
  const width = s.bitsOf(node.type);
  const bounded = s.builder.vreg("vec");
  s.op("vpaddusb", { width }, to(bounded), from(s.valueOf(index)), anywhere(s.word(0x70707070)));
  const source = from(s.valueOf(table));
  s.op("vpshufb", { width }, to(s.define(node)), source, from(bounded));
};

export const integerRules = {
  iadd: lanes({ 4: "vpaddd", 2: "vpaddw", 1: "vpaddb" }, true),
  isub: lanes({ 4: "vpsubd", 2: "vpsubw", 1: "vpsubb" }, false),
  imul: lanes({ 4: "vpmulld", 2: "vpmullw" }, true),
  imin: signedLanes({ 4: "vpminsd", 2: "vpminsw", 1: "vpminsb" }, { 2: "vpminuw", 1: "vpminub" }),
  imax: signedLanes({ 4: "vpmaxsd", 2: "vpmaxsw", 1: "vpmaxsb" }, { 2: "vpmaxuw", 1: "vpmaxub" }),
  and: lanes({ 4: "vandps", 2: "vandps", 1: "vandps" }, true),
  or: lanes({ 4: "vorps", 2: "vorps", 1: "vorps" }, true),
  xor: lanes({ 4: "vxorps", 2: "vxorps", 1: "vxorps" }, true),
  shl: shift({ wide: "vpslld", narrow: "vpsllw", kind: "shl" }),
  shr: shift({ wide: "vpsrld", narrow: "vpsrlw", kind: "shr" }),
  sar: shift({ wide: "vpsrad", narrow: "vpsraw", kind: "sar" }),
  dot2,
  lookup16,
} satisfies Partial<Record<string, Rule>>;
