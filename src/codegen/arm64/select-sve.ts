/** Vectors of a length that the machine knows. Masks are predicates; every lane takes part in arithmetic. */
import type { Node } from "../../ir/node.ts";
import { elementOf } from "../../ir/type.ts";
import { read, write } from "./code-builder.ts";
import type { Mnemonic } from "./instructions.ts";
import { condition } from "./operand-kind.ts";
import { fixed } from "./registers.ts";
import { direct } from "./select-scalar.ts";
import type { Rule } from "./selector.ts";
import { constantArgument, isUnsigned, sizeOf } from "./selector.ts";

const { allTrue } = fixed;

const isMask = (node: Node): boolean => elementOf(node.type).startsWith("mask");

/** Replaces its first operand. */
const replacing =
  (mnemonic: Mnemonic): Rule =>
  (s, node) =>
    s.code.op(mnemonic, s.updateFrom(node, node.args[0]), allTrue, s.read(node.args[1]));

const unary =
  (mnemonic: Mnemonic): Rule =>
  (s, node) =>
    s.code.op(mnemonic, s.write(node), allTrue, s.read(node.args[0]));

const sized =
  (mnemonic: "add_z" | "sub_z" | "mul_z"): Rule =>
  (s, node) =>
    s.code.op(mnemonic, s.write(node), sizeOf(node), s.read(node.args[0]), s.read(node.args[1]));

const replacingBySign =
  (signed: Mnemonic, unsigned: Mnemonic): Rule =>
  (s, node) => {
    const [a, b] = node.args;
    s.code.op(isUnsigned(node) ? unsigned : signed, s.updateFrom(node, a), sizeOf(node), allTrue, s.read(b));
  };

/** A bitwise operation on vectors or on masks. */
const bitwise =
  (vector: Mnemonic, mask: Mnemonic): Rule =>
  (s, node) => {
    const operands = [s.read(node.args[0]), s.read(node.args[1])];
    if (isMask(node)) s.code.op(mask, s.write(node), allTrue, ...operands);
    else s.code.op(vector, s.write(node), ...operands);
  };

/** The accumulator stays where it is; if that is a constant, a factor takes the result. */
const fma: Rule = (s, node) => {
  const [a, b, c] = node.args as [Node, Node, Node];
  if (c.op === "splat") s.code.op("fmad_zs", s.updateFrom(node, a), allTrue, s.read(b), s.read(c));
  else s.code.op("fmla_zs", s.updateFrom(node, c), allTrue, s.read(a), s.read(b));
};

const not: Rule = (s, node) => {
  const [x] = node.args as [Node];
  if (!isMask(node)) return s.code.op("not_zp", s.write(node), sizeOf(node), allTrue, s.read(x));
  const lanes = s.code.vreg("mask");
  s.code.op("ptrue", write(lanes), sizeOf(node));
  s.code.op("eor_p", s.write(node), read(lanes), s.read(x), read(lanes));
};

/** b where it is beyond a, else a. */
const extreme =
  (isLess: boolean): Rule =>
  (s, node) => {
    const [a, b] = node.args;
    const [x, y] = isLess ? [a, b] : [b, a];
    const beyond = s.code.vreg("mask");
    s.code.op("fcmgt_zs", write(beyond), allTrue, s.read(x), s.read(y));
    s.code.op("sel_z", s.write(node), 2, read(beyond), s.read(b), s.read(a));
  };

const floats = { lt: "fcmgt_zs", le: "fcmge_zs", eq: "fcmeq_zs" } as const;
const signedIntegers = { lt: "cmpgt_z", le: "cmpge_z", eq: "cmpeq_z", ne: "cmpne_z" } as const;
const unsignedIntegers = { lt: "cmphi_z", le: "cmphs_z", eq: "cmpeq_z", ne: "cmpne_z" } as const;

/** a < b as b > a. */
const compare =
  (which: "lt" | "le" | "eq" | "ne"): Rule =>
  (s, node) => {
    const [a, b] = node.args as [Node, Node];
    const operands = [s.read(b), s.read(a)];
    if (elementOf(a.type) !== "f32") {
      const names = isUnsigned(a) ? unsignedIntegers : signedIntegers;
      return s.code.op(names[which], s.write(node), sizeOf(a), allTrue, ...operands);
    }
    s.code.op(which === "ne" ? "fcmne_zs" : floats[which], s.write(node), allTrue, ...operands);
  };

const select: Rule = (s, node) => {
  const [mask, a, b] = node.args;
  if (isMask(node)) s.code.op("sel_p", s.write(node), s.read(mask), s.read(a), s.read(b));
  else s.code.op("sel_z", s.write(node), sizeOf(node), s.read(mask), s.read(a), s.read(b));
};

const shifts = {
  shl: { constant: ["lsl_zbi", "lsl_zhi", "lsl_zsi"], variable: "lsl_zp" },
  shr: { constant: ["lsr_zbi", "lsr_zhi", "lsr_zsi"], variable: "lsr_zp" },
  sar: { constant: ["asr_zbi", "asr_zhi", "asr_zsi"], variable: "asr_zp" },
} as const;

/** All lanes by one count, of which the low bits matter. */
const shift =
  (which: keyof typeof shifts): Rule =>
  (s, node) => {
    const [x, by] = node.args;
    const [size, bits] = [sizeOf(node), 8 << sizeOf(node)];
    const constant = constantArgument(by);
    if (constant !== undefined) {
      const count = constant & (bits - 1);
      if (count === 0) s.code.move(s.result(node), s.vreg(x));
      else s.code.op(shifts[which].constant[size] as Mnemonic, s.write(node), s.read(x), count);
      return;
    }
    const counts = s.code.vreg("vec");
    s.code.sequence(
      ["and_wi", fixed.temporary, s.read(by), bits - 1],
      ["dup_zw", write(counts), size, fixed.temporary],
    );
    s.code.op(shifts[which].variable, s.updateFrom(node, x), size, allTrue, read(counts));
  };

const splat: Rule = (s, node) => {
  const [value] = node.args;
  if (elementOf(node.type) === "f32") s.code.op("dup_zs", s.write(node), s.read(value), 0);
  else s.code.op("dup_zw", s.write(node), sizeOf(node), s.read(value));
};

const copy: Rule = (s, node) => s.code.move(s.result(node), s.vreg(node.args[0]));

const any: Rule = (s, node) => {
  s.code.sequence(["ptest", allTrue, s.read(node.args[0])], ["cset_w", s.write(node), condition.ne]);
};

/** No lane is false. */
const all: Rule = (s, node) => {
  const [mask] = node.args as [Node];
  const lanes = s.code.vreg("mask");
  s.code.op("ptrue", write(lanes), sizeOf(mask));
  const every = read(lanes);
  s.code.sequence(["bics_p", fixed.spare, every, every, s.read(mask)], ["cset_w", s.write(node), condition.eq]);
};

const dot2: Rule = (s, node) => {
  const [acc, a, b] = node.args;
  s.code.op("smlalb_zs", s.updateFrom(node, acc), s.read(a), s.read(b));
  s.code.op("smlalt_zs", s.update(node), s.read(a), s.read(b));
};

/** Indexes count from the start of the vector: those of a group are moved to where its table is. */
const lookup16: Rule = (s, node) => {
  const [table, index] = node.args;
  const [groups, at, tens, none] = [0, 1, 2, 3].map(() => s.code.vreg("vec")) as [number, number, number, number];
  const known = s.code.vreg("mask");
  s.code.op("index_z", write(groups), 0, 0, 1);
  s.code.source(tens, (to) => [["dup_zi", to, 0, -16]]);
  s.code.op("and_z", write(at), read(groups), read(tens));
  s.code.op("add_z", write(at), 0, read(at), s.read(index));
  s.code.op("cmplo_zi", write(known), 0, allTrue, s.read(index), 16);
  s.code.op("tbl_z", write(at), 0, s.read(table), read(at));
  s.code.source(none, (to) => [["dup_zi", to, 0, 0]]);
  s.code.op("sel_z", s.write(node), 0, read(known), read(at), read(none));
};

/** Rules for operations on scalable vectors. */
export const sveRules = {
  splat,
  iota: (s, node) => s.code.source(s.result(node), (to) => [["index_z", to, 2, 0, 1]]),
  add: direct("fadd_zs"),
  sub: direct("fsub_zs"),
  mul: direct("fmul_zs"),
  div: replacing("fdiv_zps"),
  sqrt: unary("fsqrt_zs"),
  neg: unary("fneg_zs"),
  abs: unary("fabs_zs"),
  fma,
  min: replacing("fmin_zps"),
  max: replacing("fmax_zps"),
  minAny: extreme(true),
  maxAny: extreme(false),
  roundEven: unary("frintn_zs"),
  floor: unary("frintm_zs"),
  ceil: unary("frintp_zs"),
  trunc: unary("frintz_zs"),
  toI32: unary("fcvtzs_zs"),
  toI32Sat: unary("fcvtzs_zs"),
  toF32: unary("scvtf_zs"),
  bitsOf: copy,
  fromBits: copy,
  iadd: sized("add_z"),
  isub: sized("sub_z"),
  imul: sized("mul_z"),
  imin: replacingBySign("smin_zp", "umin_zp"),
  imax: replacingBySign("smax_zp", "umax_zp"),
  and: bitwise("and_z", "and_p"),
  or: bitwise("orr_z", "orr_p"),
  xor: bitwise("eor_z", "eor_p"),
  not,
  shl: shift("shl"),
  shr: shift("shr"),
  sar: shift("sar"),
  dot2,
  lt: compare("lt"),
  le: compare("le"),
  eq: compare("eq"),
  ne: compare("ne"),
  select,
  any,
  all,
  lookup16,
} satisfies Record<string, Rule>;
