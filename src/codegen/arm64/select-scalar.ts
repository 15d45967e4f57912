/** Scalars: i32 in general-purpose registers, zero-extended; f32 in the low lane of vector registers. */
import type { Node } from "../../ir/node.ts";
import type { Line } from "./code-builder.ts";
import { read, write } from "./code-builder.ts";
import { maskImmediate } from "./immediates.ts";
import type { Mnemonic } from "./instructions.ts";
import { condition } from "./operand-kind.ts";
import type { Rule, Selector } from "./selector.ts";
import { constantArgument } from "./selector.ts";

type Condition = keyof typeof condition;

/** A result of all operands, in order. */
export const direct =
  (mnemonic: Mnemonic): Rule =>
  (s, node) =>
    s.code.op(mnemonic, s.write(node), ...node.args.map((arg) => s.read(arg)));

const isFloat = (node: Node | undefined): boolean => node?.type === "f32";

/** a + sign · b, with b as an immediate where it fits. */
const sum =
  (sign: 1 | -1): Rule =>
  (s, node) => {
    const [a, b] = node.args;
    const [x, y] = [constantArgument(a), constantArgument(b)];
    if (sign === 1 && x !== undefined && y === undefined) return addConstant(s, node, b, x);
    if (y !== undefined) return addConstant(s, node, a, sign * y);
    direct(sign === 1 ? "add_w" : "sub_w")(s, node);
  };

function addConstant(s: Selector, node: Node, a: Node | undefined, value: number): void {
  const [size, operation] = [Math.abs(value), value < 0 ? "sub" : "add"] as const;
  if (size < 4096) s.code.op(`${operation}_wi`, s.write(node), s.read(a), size);
  else if (size % 4096 === 0 && size < 4096 * 4096) s.code.op(`${operation}_wh`, s.write(node), s.read(a), size / 4096);
  else direct(node.op === "iadd" ? "add_w" : "sub_w")(s, node);
}

/** A bitwise operation, with a constant as an immediate where it fits. */
const bitwise =
  (mnemonic: "and_w" | "orr_w" | "eor_w"): Rule =>
  (s, node) => {
    for (const at of [1, 0]) {
      const value = constantArgument(node.args[at]);
      if (value === undefined || maskImmediate(value) === undefined) continue;
      return s.code.op(`${mnemonic}i`, s.write(node), s.read(node.args[1 - at]), value);
    }
    direct(mnemonic)(s, node);
  };

/** Powers of two as shifts. */
const product: Rule = (s, node) => {
  for (const at of [1, 0]) {
    const shift = Math.log2(constantArgument(node.args[at]) ?? 0);
    if (!Number.isInteger(shift) || shift < 1) continue;
    return s.code.op("ubfm_w", s.write(node), s.read(node.args[1 - at]), 32 - shift, 31 - shift);
  }
  direct("mul_w")(s, node);
};

const shift =
  (mnemonic: "lsl_w" | "lsr_w" | "asr_w"): Rule =>
  (s, node) => {
    const [x, by] = node.args;
    const constant = constantArgument(by);
    if (constant === undefined) return direct(mnemonic)(s, node);
    const count = constant & 31;
    if (mnemonic === "lsl_w") s.code.op("ubfm_w", s.write(node), s.read(x), (32 - count) & 31, 31 - count);
    else s.code.op(`${mnemonic}i`, s.write(node), s.read(x), count);
  };

/** Sets the flags by comparing two scalars. */
function compareLine(s: Selector, [a, b]: readonly Node[]): Line {
  if (isFloat(a)) return ["fcmp_s", s.read(a), s.read(b)];
  const value = constantArgument(b);
  if (value !== undefined && value >= 0 && value < 4096) return ["cmp_wi", s.read(a), value];
  if (value !== undefined && value < 0 && value > -4096) return ["cmn_wi", s.read(a), -value];
  return ["cmp_w", s.read(a), s.read(b)];
}

/** Conditions under which comparisons hold: of floats false for NaN, but for ne. */
const conditions: Readonly<
  Record<"lt" | "le" | "eq" | "ne", { readonly integer: Condition; readonly float: Condition }>
> = {
  lt: { integer: "lt", float: "mi" },
  le: { integer: "le", float: "ls" },
  eq: { integer: "eq", float: "eq" },
  ne: { integer: "ne", float: "ne" },
};

const compare: Rule = (s, node) => {
  const { integer, float } = conditions[node.op as "lt"];
  const code = condition[isFloat(node.args[0]) ? float : integer];
  s.code.sequence(compareLine(s, node.args), ["cset_w", s.write(node), code]);
};

/** One of the operands of a comparison. */
const extreme =
  (which: Condition): Rule =>
  (s, node) => {
    const [a, b] = node.args.map((arg) => s.vreg(arg)) as [number, number];
    const isReal = isFloat(node);
    const [test, pick] = isReal ? (["fcmp_s", "fcsel_s"] as const) : (["cmp_w", "csel_w"] as const);
    const [x, y] = [read(a), read(b)];
    s.code.sequence(
      [test, x, y],
      isReal ? [pick, s.write(node), y, x, condition[which]] : [pick, s.write(node), x, y, condition[which]],
    );
  };

const select: Rule = (s, node) => {
  const [mask, a, b] = node.args;
  s.code.sequence(
    ["cmp_wi", s.read(mask), 0],
    [isFloat(node) ? "fcsel_s" : "csel_w", s.write(node), s.read(a), s.read(b), condition.ne],
  );
};

const remainder: Rule = (s, node) => {
  const [a, b] = node.args;
  const quotient = s.code.vreg("gpr");
  s.code.op("udiv_w", write(quotient), s.read(a), s.read(b));
  s.code.op("msub_w", s.write(node), read(quotient), s.read(b), s.read(a));
};

/** A truth of scalars is its own any and all. */
const same: Rule = (s, node) => s.code.move(s.result(node), s.vreg(node.args[0]));

/** Rules for operations whose operands are scalars. */
export const scalarRules = {
  add: direct("fadd_s"),
  sub: direct("fsub_s"),
  mul: direct("fmul_s"),
  div: direct("fdiv_s"),
  sqrt: direct("fsqrt_s"),
  neg: direct("fneg_s"),
  abs: direct("fabs_s"),
  fma: direct("fmadd_s"),
  min: direct("fmin_s"),
  max: direct("fmax_s"),
  minAny: extreme("gt"),
  maxAny: extreme("mi"),
  roundEven: direct("frintn_s"),
  floor: direct("frintm_s"),
  ceil: direct("frintp_s"),
  trunc: direct("frintz_s"),
  toI32: direct("fcvtzs_ws"),
  toI32Sat: direct("fcvtzs_ws"),
  toF32: direct("scvtf_sw"),
  bitsOf: direct("fmov_ws"),
  fromBits: direct("fmov_sw"),
  iadd: sum(1),
  isub: sum(-1),
  imul: product,
  imin: extreme("le"),
  imax: extreme("ge"),
  idiv: direct("udiv_w"),
  irem: remainder,
  and: bitwise("and_w"),
  or: bitwise("orr_w"),
  xor: bitwise("eor_w"),
  not: direct("mvn_w"),
  shl: shift("lsl_w"),
  shr: shift("lsr_w"),
  sar: shift("asr_w"),
  lt: compare,
  le: compare,
  eq: compare,
  ne: compare,
  select,
  any: same,
  all: same,
} satisfies Record<string, Rule>;
