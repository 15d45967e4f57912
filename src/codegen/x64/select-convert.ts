/** Conversions within the lanes, splats and single lanes. */
import { constantOf } from "../../ir/fold-integer.ts";
import type { Node } from "../../ir/node.ts";
import type { Type } from "../../ir/type.ts";
import { elementOf, formOf, widthOf } from "../../ir/type.ts";
import type { Mnemonic } from "./instructions.ts";
import { anywhere, from, inout, to } from "./machine-op.ts";
import type { Rule, Selector } from "./selector.ts";

const isScalar = (type: Type): boolean => formOf(type) === "scalar";

/** The same bits in a register of another kind, or the same register. */
const reinterpret: Rule = (s, node) => {
  const source = s.valueOf(node.args[0]);
  if (!isScalar(node.type)) s.alias(node, source);
  else s.op("vmovd", {}, to(s.define(node)), from(source));
};

const toI32: Rule = (s, node) => {
  const operand = s.operand(node.args[0]);
  if (isScalar(node.type)) s.op("vcvttss2si", { width: 32 }, to(s.define(node)), operand);
  else s.op("vcvttps2dq", { width: s.bitsOf(node.type) }, to(s.define(node)), operand);
};

/** Scalars in lane 0: the instruction for scalars would wait for what the result's register held. */
const toF32: Rule = (s, node) => {
  const [a] = node.args;
  if (!isScalar(node.type)) {
    const operand = s.operand(a);
    s.op("vcvtdq2ps", { width: s.bitsOf(node.type) }, to(s.define(node)), operand);
    return;
  }
  const lane = s.fresh("f32");
  s.op("vmovd", {}, to(lane), s.place(s.valueOf(a)));
  s.op("vcvtdq2ps", { width: 128 }, to(s.define(node)), from(lane));
};

const [ordered, notBelow] = [7, 13];

/** cvttps2dq gives the least i32 for all that does not fit: NaN is made 0 first, and what is too great inverted after. */
const toI32Sat: Rule = (s, node) => {
  const value = s.valueOf(node.args[0]);
  const width = isScalar(node.type) ? 128 : s.bitsOf(node.type);
  const result = s.builder.vreg("vec");
  const limit = anywhere(s.float(2 ** 31));
  const kind = s.target.evex ? "mask" : "vec";
  const [isNumber, isGreat] = [s.builder.vreg(kind), s.builder.vreg(kind)];
  s.op("vcmpps", { width }, to(isNumber), from(value), from(value), ordered);
  s.op("vcmpps", { width }, to(isGreat), from(value), limit, notBelow);
  if (s.target.evex) {
    s.op("vcvttps2dq", { width, mask: isNumber, zeroing: true }, to(result), from(value));
    s.op("vmovdqu32", { width, mask: isGreat }, inout(result), from(s.word(0x7fffffff)));
  } else {
    const [number, integer] = [s.builder.vreg("vec"), s.builder.vreg("vec")];
    s.op("vandps", { width }, to(number), from(value), from(isNumber));
    s.op("vcvttps2dq", { width }, to(integer), from(number));
    s.op("vxorps", { width }, to(result), from(integer), from(isGreat));
  }
  if (isScalar(node.type)) s.op("vmovd", {}, to(s.define(node)), from(result));
  else s.alias(node, result);
};

const broadcasts: Readonly<Record<number, Mnemonic>> = { 4: "vpbroadcastd", 2: "vpbroadcastw", 1: "vpbroadcastb" };

/** The low bits of a general register in all lanes of a type. */
export function splatInteger(s: Selector, type: Type, value: number): number {
  const width = s.bitsOf(type);
  const mnemonic = broadcasts[widthOf(elementOf(type))] as Mnemonic;
  const result = s.builder.vreg("vec");
  if (s.target.evex) {
    s.op(mnemonic, { width }, to(result), from(value));
    return result;
  }
  const lane = s.builder.vreg("vec");
  s.op("vmovd", {}, to(lane), s.place(value));
  s.op(mnemonic, { width }, to(result), from(lane));
  return result;
}

const splat: Rule = (s, node) => {
  const [value] = node.args as [Node];
  if (value.type === "f32" || s.isFolded(value)) {
    const operand = s.operand(value);
    s.op("vbroadcastss", { width: s.bitsOf(node.type) }, to(s.define(node)), operand);
  } else s.alias(node, splatInteger(s, node.type, s.valueOf(value)));
};

const extract: Rule = (s, node) => {
  const source = s.valueOf(node.args[0]);
  const lane = node.immediate["lane"] as number;
  if (node.type === "f32" && lane === 0) s.alias(node, source);
  else if (node.type === "f32") s.op("vpermilps", { width: 128 }, to(s.define(node)), from(source), lane);
  else if (lane === 0) s.op("vmovd", {}, to(s.define(node)), from(source));
  else s.op("vpextrd", {}, to(s.define(node)), from(source), lane);
};

/** A shift count as a number, where it is one. */
export const countOf = (node: Node | undefined): number | undefined => node && constantOf(node);

export const convertRules = {
  splat,
  extract,
  toI32,
  toI32Sat,
  toF32,
  bitsOf: reinterpret,
  fromBits: reinterpret,
} satisfies Partial<Record<string, Rule>>;
