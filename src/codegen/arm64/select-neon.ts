/** Values of 128 bits: quads on all targets, and the vectors of NEON. Masks are lanes of ones and zeros. */
import type { Node } from "../../ir/node.ts";
import { elementOf, widthOf } from "../../ir/type.ts";
import { read, write } from "./code-builder.ts";
import { bytesOf } from "./constants.ts";
import type { Mnemonic } from "./instructions.ts";
import { fixed } from "./registers.ts";
import { direct } from "./select-scalar.ts";
import { shuffle } from "./select-shuffle.ts";
import type { Rule } from "./selector.ts";
import { constantArgument, isUnsigned, sizeOf } from "./selector.ts";

type Sized =
  | "add_v"
  | "sub_v"
  | "mul_v"
  | "smax_v"
  | "smin_v"
  | "umax_v"
  | "umin_v"
  | "cmeq_v"
  | "cmgt_v"
  | "cmge_v"
  | "cmhi_v"
  | "cmhs_v";

/** An instruction whose second operand is the size of lanes. */
const sized =
  (mnemonic: Sized): Rule =>
  (s, node) =>
    s.code.op(mnemonic, s.write(node), sizeOf(node.args[0] as Node), s.read(node.args[0]), s.read(node.args[1]));

const bySign =
  (signed: Sized, unsigned: Sized): Rule =>
  (s, node) =>
    sized(isUnsigned(node.args[0] as Node) ? unsigned : signed)(s, node);

/** A product with a factor that is the same in all lanes takes it from a scalar. */
const product: Rule = (s, node) => {
  const [a, b] = node.args;
  for (const [x, factor] of [
    [a, b],
    [b, a],
  ]) {
    if (factor && s.isFactor(factor)) return s.code.op("fmul_4s_by", s.write(node), s.read(x), ...s.factor(factor));
  }
  direct("fmul_4s")(s, node);
};

const fma: Rule = (s, node) => {
  const [a, b, c] = node.args;
  const sum = s.updateFrom(node, c);
  for (const [x, factor] of [
    [a, b],
    [b, a],
  ]) {
    if (factor && s.isFactor(factor)) return s.code.op("fmla_4s_by", sum, s.read(x), ...s.factor(factor));
  }
  s.code.op("fmla_4s", sum, s.read(a), s.read(b));
};

/** b where it is beyond a, else a. */
const extreme =
  (isLess: boolean): Rule =>
  (s, node) => {
    const [a, b] = node.args;
    const [x, y] = isLess ? [a, b] : [b, a];
    const beyond = s.code.vreg("vec");
    s.code.op("fcmgt_4s", write(beyond), s.read(x), s.read(y));
    s.code.op("bit_v", s.updateFrom(node, a), s.read(b), read(beyond));
  };

const select: Rule = (s, node) => {
  const [mask, a, b] = node.args;
  s.code.op("bsl_v", s.updateFrom(node, mask), s.read(a), s.read(b));
};

const floats = { lt: "fcmgt_4s", le: "fcmge_4s", eq: "fcmeq_4s" } as const;
const signedIntegers = { lt: "cmgt_v", le: "cmge_v", eq: "cmeq_v" } as const;
const unsignedIntegers = { lt: "cmhi_v", le: "cmhs_v", eq: "cmeq_v" } as const;

/** a < b as b > a. */
const compare =
  (which: keyof typeof floats, isNot = false): Rule =>
  (s, node) => {
    const [a, b] = node.args as [Node, Node];
    if (elementOf(a.type) === "f32") s.code.op(floats[which], s.write(node), s.read(b), s.read(a));
    else {
      const names = isUnsigned(a) ? unsignedIntegers : signedIntegers;
      s.code.op(names[which], s.write(node), sizeOf(a), s.read(b), s.read(a));
    }
    if (isNot) s.code.op("not_v", s.write(node), read(s.result(node)));
  };

const immediateShifts = {
  shl: ["shl_16b", "shl_8h", "shl_4s"],
  shr: ["ushr_16b", "ushr_8h", "ushr_4s"],
  sar: ["sshr_16b", "sshr_8h", "sshr_4s"],
} as const;

/** All lanes by one count, of which the low bits matter. */
const shift =
  (which: keyof typeof immediateShifts): Rule =>
  (s, node) => {
    const [x, by] = node.args;
    const [size, bits] = [sizeOf(node), 8 << sizeOf(node)];
    const constant = constantArgument(by);
    if (constant !== undefined) {
      const count = constant & (bits - 1);
      if (count === 0) s.code.move(s.result(node), s.vreg(x));
      else s.code.op(immediateShifts[which][size] as Mnemonic, s.write(node), s.read(x), count);
      return;
    }
    const counts = s.code.vreg("vec");
    s.code.sequence(
      ["and_wi", fixed.temporary, s.read(by), bits - 1],
      [duplicates[size] as Mnemonic, write(counts), fixed.temporary],
    );
    if (which !== "shl") s.code.op("neg_v", write(counts), size, read(counts));
    s.code.op(which === "sar" ? "sshl_v" : "ushl_v", s.write(node), size, s.read(x), read(counts));
  };

/** From a general-purpose register to all lanes of 1, 2 or 4 bytes. */
export const duplicates = ["dup_vwb", "dup_vwh", "dup_vw"] as const;

/** A scalar in all lanes; one that only multiplies stays where it is. */
const splat: Rule = (s, node) => {
  const [value] = node.args;
  if (s.isFactor(node)) s.alias(node, s.vreg(value));
  else if (elementOf(node.type) === "f32") s.code.op("dup_s", s.write(node), s.read(value), 0);
  else s.code.op(duplicates[sizeOf(node)] as Mnemonic, s.write(node), s.read(value));
};

const copy: Rule = (s, node) => s.code.move(s.result(node), s.vreg(node.args[0]));

/** Whether a lane, or the least of all lanes, has its lowest bit set. */
const reduceMask =
  (mnemonic: "umaxv" | "uminv"): Rule =>
  (s, node) => {
    const found = write(s.code.vreg("vec"));
    s.code.sequence(
      [mnemonic, 0, found, s.read(node.args[0])],
      ["umov_b", fixed.temporary, found, 0],
      ["and_wi", s.write(node), fixed.temporary, 1],
    );
  };

const dot2: Rule = (s, node) => {
  const [acc, a, b] = node.args;
  const [low, high] = [s.code.vreg("vec"), s.code.vreg("vec")];
  s.code.op("smull_v", write(low), 1, s.read(a), s.read(b));
  s.code.op("smull2_v", write(high), 1, s.read(a), s.read(b));
  s.code.op("addp_v", write(low), 2, read(low), read(high));
  s.code.op("add_v", s.write(node), 2, s.read(acc), read(low));
};

const extract: Rule = (s, node) => {
  const [quad] = node.args;
  const lane = node.immediate["lane"] as number;
  if (node.type === "i32") s.code.op("umov_s", s.write(node), s.read(quad), lane);
  else if (lane === 0) copy(s, node);
  else s.code.op("mov_sv", s.write(node), s.read(quad), lane);
};

/** The lanes of a in the low half, those of b in the high one. */
const narrowSat: Rule = (s, node) => {
  const [a, b] = node.args;
  const size = sizeOf(node);
  const [low, high] = isUnsigned(node) ? (["sqxtun", "sqxtun2"] as const) : (["sqxtn", "sqxtn2"] as const);
  s.code.op(low, s.write(node), size, s.read(a));
  s.code.op(high, s.update(node), size, s.read(b));
};

const widen =
  (half: "" | "2"): Rule =>
  (s, node) => {
    const from = node.args[0] as Node;
    const to = widthOf(elementOf(node.type)) === 2 ? "8h" : "4s";
    s.code.op(`${isUnsigned(from) ? "uxtl" : "sxtl"}${half}_${to}`, s.write(node), s.read(from));
  };

/** Rules for operations on 128 bits. */
export const neonRules = {
  splat,
  iota: (s, node) => s.code.source(s.result(node), (to) => [["ldr_q_lit", to, bytesOf(0, 1, 2, 3)]]),
  add: direct("fadd_4s"),
  sub: direct("fsub_4s"),
  mul: product,
  div: direct("fdiv_4s"),
  sqrt: direct("fsqrt_4s"),
  neg: direct("fneg_4s"),
  abs: direct("fabs_4s"),
  fma,
  min: direct("fmin_4s"),
  max: direct("fmax_4s"),
  minAny: extreme(true),
  maxAny: extreme(false),
  roundEven: direct("frintn_4s"),
  floor: direct("frintm_4s"),
  ceil: direct("frintp_4s"),
  trunc: direct("frintz_4s"),
  toI32: direct("fcvtzs_4s"),
  toI32Sat: direct("fcvtzs_4s"),
  toF32: direct("scvtf_4s"),
  bitsOf: copy,
  fromBits: copy,
  iadd: sized("add_v"),
  isub: sized("sub_v"),
  imul: sized("mul_v"),
  imin: bySign("smin_v", "umin_v"),
  imax: bySign("smax_v", "umax_v"),
  and: direct("and_v"),
  or: direct("orr_v"),
  xor: direct("eor_v"),
  not: direct("not_v"),
  shl: shift("shl"),
  shr: shift("shr"),
  sar: shift("sar"),
  dot2,
  lt: compare("lt"),
  le: compare("le"),
  eq: compare("eq"),
  ne: compare("eq", true),
  select,
  any: reduceMask("umaxv"),
  all: reduceMask("uminv"),
  shuffle,
  extract,
  narrowSat,
  widenLo: widen(""),
  widenHi: widen("2"),
  lookup16: direct("tbl1"),
} satisfies Record<string, Rule>;
