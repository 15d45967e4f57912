/** Comparisons of vectors, and their truths: vectors of all-ones lanes on AVX2, bits of mask registers on AVX-512. */
import type { Node } from "../../ir/node.ts";
import type { Type } from "../../ir/type.ts";
import { elementOf, formOf, widthOf } from "../../ir/type.ts";
import type { Mnemonic } from "./instructions.ts";
import { anywhere, from, inout, to } from "./machine-op.ts";
import { instructionFor } from "./select-integer.ts";
import { truth } from "./select-scalar.ts";
import type { Rule, Selector } from "./selector.ts";

type Comparison = "lt" | "le" | "eq" | "ne";

/** Quiet predicates of vcmpps. */
const floatPredicates: Readonly<Record<Comparison, number>> = { lt: 0x11, le: 0x12, eq: 0, ne: 4 };
const integerPredicates: Readonly<Record<Comparison, number>> = { lt: 1, le: 2, eq: 0, ne: 4 };

const isUnsigned = (type: Type): boolean => elementOf(type).startsWith("u");
const isFloat = (type: Type): boolean => elementOf(type) === "f32";
const typeOfFirst = (node: Node): Type => (node.args[0] as Node).type;

/** All lanes true. */
const ones = (s: Selector): number => s.word(-1);

function compareFloats(s: Selector, node: Node, how: Comparison): void {
  const [a, b] = node.args.map((arg) => s.valueOf(arg)) as [number, number];
  const predicate = floatPredicates[how];
  const type = typeOfFirst(node);
  if (type !== "f32") {
    s.op("vcmpps", { width: s.bitsOf(type) }, to(s.define(node)), from(a), s.place(b), predicate);
    return;
  }
  const bit = s.builder.vreg(s.target.evex ? "mask" : "vec");
  s.op("vcmpss", {}, to(bit), from(a), s.place(b), predicate);
  const result = s.define(node);
  if (s.target.evex) {
    s.op("kmovw", {}, to(result), from(bit));
    return;
  }
  const all = s.builder.vreg("gpr");
  s.op("vmovd", {}, to(all), from(bit));
  s.builder.move(result, all);
  s.op("neg", { width: 32 }, inout(result));
}

const evexSigned = { 4: "vpcmpd", 2: "vpcmpw", 1: "vpcmpb" } as const;
const evexUnsigned = { 2: "vpcmpuw", 1: "vpcmpub" } as const;
const equal = { 4: "vpcmpeqd", 2: "vpcmpeqw", 1: "vpcmpeqb" } as const;
const greater = { 4: "vpcmpgtd", 2: "vpcmpgtw", 1: "vpcmpgtb" } as const;
const least = { 2: "vpminuw", 1: "vpminub" } as const;

/** AVX2 has only equal and signed greater: what they do not give is the opposite of what they give. */
function compareIntegers(s: Selector, node: Node, how: Comparison): void {
  const type = typeOfFirst(node);
  const [a, b] = node.args.map((arg) => s.valueOf(arg)) as [number, number];
  const width = s.bitsOf(type);
  if (s.target.evex) {
    const mnemonic = instructionFor(node, type, isUnsigned(type) ? evexUnsigned : evexSigned);
    s.op(mnemonic, { width }, to(s.define(node)), from(a), s.place(b), integerPredicates[how]);
    return;
  }
  const compare = (mnemonic: Mnemonic, left: number, right: number): number => {
    const result = s.builder.vreg("vec");
    s.op(mnemonic, { width }, to(result), from(left), s.place(right));
    return result;
  };
  const isEqual = instructionFor(node, type, equal);
  if (how === "eq") s.alias(node, compare(isEqual, a, b));
  else if (how === "ne") s.alias(node, inverted(s, compare(isEqual, a, b), width));
  else if (isUnsigned(type)) {
    const smaller = compare(instructionFor(node, type, least), a, b);
    if (how === "le") s.alias(node, compare(isEqual, smaller, a));
    else s.alias(node, inverted(s, compare(isEqual, smaller, b), width));
  } else {
    const isGreater = instructionFor(node, type, greater);
    if (how === "lt") s.alias(node, compare(isGreater, b, a));
    else s.alias(node, inverted(s, compare(isGreater, a, b), width));
  }
}

function inverted(s: Selector, mask: number, width: number): number {
  const result = s.builder.vreg("vec");
  s.op("vxorps", { width }, to(result), from(mask), anywhere(ones(s)));
  return result;
}

export const compareLanes =
  (how: Comparison): Rule =>
  (s, node) =>
    isFloat(typeOfFirst(node)) ? compareFloats(s, node, how) : compareIntegers(s, node, how);

const blends = { 4: "vblendmps", 2: "vpblendmw", 1: "vpblendmb" } as const;

/** mask ? a : b; the blends take b first. */
const select: Rule = (s, node) => {
  const [mask, a, b] = node.args as [Node, Node, Node];
  const width = s.bitsOf(node.type);
  if (s.classOf(node.type) === "mask") {
    selectMask(s, node);
    return;
  }
  const [chooser, no] = [s.valueOf(mask), from(s.valueOf(b))];
  const yes = s.operand(a);
  if (s.target.evex) {
    const mnemonic = instructionFor(node, node.type, blends);
    s.op(mnemonic, { width, mask: chooser }, to(s.define(node)), no, yes);
  } else {
    const mnemonic = widthOf(elementOf(node.type)) === 4 ? "vblendvps" : "vpblendvb";
    s.op(mnemonic, { width }, to(s.define(node)), no, yes, from(chooser));
  }
};

function selectMask(s: Selector, node: Node): void {
  const [mask, a, b] = node.args.map((arg) => s.valueOf(arg)) as [number, number, number];
  const [yes, no] = [s.builder.vreg("mask"), s.builder.vreg("mask")];
  s.op("kandq", {}, to(yes), from(mask), from(a));
  s.op("kandnq", {}, to(no), from(mask), from(b));
  s.op("korq", {}, to(s.define(node)), from(yes), from(no));
}

/** Of masks: in mask registers, or as vectors. */
const logic =
  (masks: Mnemonic, vectors: Mnemonic): Rule =>
  (s, node) => {
    const [a, b] = node.args.map((arg) => from(s.valueOf(arg))) as [ReturnType<typeof from>, ReturnType<typeof from>];
    if (s.target.evex) s.op(masks, {}, to(s.define(node)), a, b);
    else s.op(vectors, { width: s.bitsOf(node.type) }, to(s.define(node)), a, b);
  };

const not: Rule = (s, node) => {
  const mask = s.valueOf(node.args[0]);
  if (s.classOf(node.type) === "mask") s.op("knotq", {}, to(s.define(node)), from(mask));
  else s.alias(node, inverted(s, mask, s.bitsOf(node.type)));
};

/** The lanes of a mask type that has mask registers. */
function laneCount(s: Selector, type: Type): number {
  return s.bitsOf(type) / (8 * widthOf(elementOf(type)));
}

/** The mask of a type in a general register, bits without a lane 0. */
function maskBits(s: Selector, type: Type, mask: number): { bits: number; width: 32 | 64 } {
  const count = laneCount(s, type);
  const bits = s.builder.vreg("gpr");
  const width = count > 32 ? 64 : 32;
  s.op(count > 32 ? "kmovq" : count > 16 ? "kmovd" : count > 8 ? "kmovw" : "kmovb", {}, to(bits), from(mask));
  if (count >= 8) return { bits, width };
  const kept = s.copy(bits);
  s.op("and", { width: 32 }, inout(kept), 2 ** count - 1);
  return { bits: kept, width };
}

/** Bytes of a vector mask by their top bits: 16 or 32 of them. */
function byteBits(s: Selector, type: Type, mask: number): number {
  const bits = s.builder.vreg("gpr");
  s.op("vpmovmskb", { width: s.bitsOf(type) }, to(bits), from(mask));
  return bits;
}

const any: Rule = (s, node) => {
  const type = typeOfFirst(node);
  const mask = s.valueOf(node.args[0]);
  const { bits, width } = s.target.evex ? maskBits(s, type, mask) : { bits: byteBits(s, type, mask), width: 32 };
  truth(s, node, { set: "setne", compare: () => s.op("test", { width }, from(bits), from(bits)) });
};

const all: Rule = (s, node) => {
  const type = typeOfFirst(node);
  const mask = s.valueOf(node.args[0]);
  const { bits, width } = s.target.evex ? maskBits(s, type, mask) : { bits: byteBits(s, type, mask), width: 32 };
  const count = s.target.evex ? laneCount(s, type) : s.bitsOf(type) / 8;
  const full = count >= 32 ? -1 : 2 ** count - 1;
  truth(s, node, { set: "sete", compare: () => s.op("cmp", { width }, from(bits), full) });
};

export const maskRules = {
  select,
  and: logic("kandq", "vandps"),
  or: logic("korq", "vorps"),
  xor: logic("kxorq", "vxorps"),
  not,
  any,
  all,
} satisfies Partial<Record<string, Rule>>;

/** Whether a rule for masks is meant: by the type of the result, or of the first operand. */
export const isMask = ({ type, args }: Node): boolean => {
  const of = formOf(type) === "scalar" ? (args[0] as Node).type : type;
  return formOf(of) !== "scalar" && formOf(of) !== "none" && elementOf(of).startsWith("mask");
};
