/** Arithmetic on f32: vectors and quads by packed instructions, scalars by those of lane 0. */
import type { Node } from "../../ir/node.ts";
import type { Type } from "../../ir/type.ts";
import { formOf } from "../../ir/type.ts";
import type { Mnemonic } from "./instructions.ts";
import type { OpOptions } from "./machine-op.ts";
import { anywhere, from, inout, to } from "./machine-op.ts";
import type { Rule, Selector } from "./selector.ts";

/** An instruction for all lanes, and the one for lane 0. */
interface Pair {
  readonly packed: Mnemonic;
  readonly single: Mnemonic;
}

const pair = (packed: Mnemonic, single: Mnemonic): Pair => ({ packed, single });

const isScalar = (type: Type): boolean => formOf(type) === "scalar";

/** The instruction for a type, with its width. */
const formFor = (s: Selector, type: Type, { packed, single }: Pair): readonly [Mnemonic, OpOptions] =>
  isScalar(type) ? [single, {}] : [packed, { width: s.bitsOf(type) }];

/** The operands with the one that is best in memory last. */
function commuted(s: Selector, [a, b]: readonly Node[]): readonly [Node, Node] {
  const swap = s.isFolded(a) || (a !== undefined && s.isSource(a) && !s.isFolded(b));
  return (swap ? [b, a] : [a, b]) as [Node, Node];
}

const binary =
  (instructions: Pair, commutes: boolean): Rule =>
  (s, node) => {
    const [a, b] = commutes ? commuted(s, node.args) : (node.args as [Node, Node]);
    const [mnemonic, options] = formFor(s, node.type, instructions);
    const [left, right] = [from(s.valueOf(a)), s.operand(b)];
    s.op(mnemonic, options, to(s.defineLast(node)), left, right);
  };

/** a op b where the instruction takes b first: what it gives for NaN and zeros is its second operand. */
const reversed =
  (instructions: Pair): Rule =>
  (s, node) => {
    const [a, b] = node.args;
    const [mnemonic, options] = formFor(s, node.type, instructions);
    const [left, right] = [from(s.valueOf(b)), s.operand(a)];
    s.op(mnemonic, options, to(s.defineLast(node)), left, right);
  };

/** The smaller or greater by both orders of the operands, which differ where one is NaN, or both are zeros. */
function bothWays(s: Selector, node: Node, instructions: Pair): readonly [number, number] {
  const [a, b] = node.args.map((arg) => s.valueOf(arg)) as [number, number];
  const [mnemonic, options] = formFor(s, node.type, instructions);
  const [first, second] = [s.fresh(node.type), s.fresh(node.type)];
  s.op(mnemonic, options, to(first), from(a), from(b));
  s.op(mnemonic, options, to(second), from(b), from(a));
  return [first, second];
}

/** -0 and NaN are in the bits of either order; so they are in those of both together. */
const min: Rule = (s, node) => {
  const [first, second] = bothWays(s, node, pair("vminps", "vminss"));
  s.op("vorps", { width: s.bitsOf(node.type) }, to(s.define(node)), from(first), from(second));
};

const unordered = 3;

/** +0 is what both orders have in common; a NaN has to be put there. */
const max: Rule = (s, node) => {
  const [first, second] = bothWays(s, node, pair("vmaxps", "vmaxss"));
  const [a, b] = node.args.map((arg) => s.valueOf(arg)) as [number, number];
  const width = s.bitsOf(node.type);
  const common = s.fresh(node.type);
  s.op("vandps", { width }, to(common), from(first), from(second));
  const [compare, options] = formFor(s, node.type, pair("vcmpps", "vcmpss"));
  if (s.target.evex) {
    const [isNan, result] = [s.builder.vreg("mask"), s.define(node)];
    s.op(compare, options, to(isNan), from(a), from(b), unordered);
    s.builder.move(result, common);
    const [sum, rest] = formFor(s, node.type, pair("vaddps", "vaddss"));
    s.op(sum, { ...rest, mask: isNan }, inout(result), from(a), from(b));
    return;
  }
  const isNan = s.fresh(node.type);
  s.op(compare, options, to(isNan), from(a), from(b), unordered);
  s.op("vorps", { width }, to(s.define(node)), from(common), from(isNan));
};

/** A bitwise operation with a constant in every lane. */
const withBits =
  (mnemonic: Mnemonic, word: number): Rule =>
  (s, node) => {
    const [a] = node.args;
    const value = from(s.valueOf(a));
    s.op(mnemonic, { width: s.bitsOf(node.type) }, to(s.define(node)), value, anywhere(s.word(word)));
  };

/** Packed instructions with one source; those of lane 0 keep the other lanes of a second one, which is the same. */
const sqrt: Rule = (s, node) => {
  const [a] = node.args;
  if (isScalar(node.type)) {
    const source = s.isFolded(a) ? s.float(0) : s.valueOf(a);
    const operand = s.operand(a);
    s.op("vsqrtss", {}, to(s.define(node)), from(source), operand);
    return;
  }
  const operand = s.operand(a);
  s.op("vsqrtps", { width: s.bitsOf(node.type) }, to(s.define(node)), operand);
};

/** To an integer; 8 keeps quiet about inexact results. */
const round =
  (mode: number): Rule =>
  (s, node) => {
    const [a] = node.args;
    const { evex } = s.target;
    if (isScalar(node.type)) {
      const value = from(s.valueOf(a));
      s.op(evex ? "vrndscaless" : "vroundss", {}, to(s.define(node)), value, value, 8 + mode);
      return;
    }
    const operand = s.operand(a);
    s.op(evex ? "vrndscaleps" : "vroundps", { width: s.bitsOf(node.type) }, to(s.define(node)), operand, 8 + mode);
  };

const fma231 = pair("vfmadd231ps", "vfmadd231ss");
const fma213 = pair("vfmadd213ps", "vfmadd213ss");
const fma132 = pair("vfmadd132ps", "vfmadd132ss");

/** What the result is made from: the addend or a factor, whichever is not needed any more. */
const fma: Rule = (s, node) => {
  const [a, b, c] = node.args as [Node, Node, Node];
  const factor = s.isFolded(a) ? b : a;
  const other = factor === a ? b : a;
  const dyingFactor = [factor, other].find((each) => !s.isFolded(each) && s.dies(each, node));
  const hasFoldedFactor = s.isFolded(a) || s.isFolded(b);
  if (s.isFolded(c) || (dyingFactor && !hasFoldedFactor && !s.dies(c, node))) {
    const accumulator = dyingFactor ?? factor;
    fuse(s, node, { instructions: fma213, accumulator, sources: [accumulator === a ? b : a, c] });
  } else if (hasFoldedFactor && dyingFactor && !s.dies(c, node))
    fuse(s, node, { instructions: fma132, accumulator: factor, sources: [c, other] });
  else fuse(s, node, { instructions: fma231, accumulator: c, sources: commuted(s, [a, b]) });
};

interface Fused {
  readonly instructions: Pair;
  readonly accumulator: Node;
  /** The second may be memory. */
  readonly sources: readonly [Node, Node];
}

function fuse(s: Selector, node: Node, { instructions, accumulator, sources }: Fused): void {
  const [mnemonic, options] = formFor(s, node.type, instructions);
  const [left, right] = [from(s.valueOf(sources[0])), s.operand(sources[1])];
  s.op(mnemonic, options, inout(s.defineFrom(node, accumulator)), left, right);
}

export const floatRules = {
  add: binary(pair("vaddps", "vaddss"), true),
  sub: binary(pair("vsubps", "vsubss"), false),
  mul: binary(pair("vmulps", "vmulss"), true),
  div: binary(pair("vdivps", "vdivss"), false),
  min,
  max,
  minAny: reversed(pair("vminps", "vminss")),
  maxAny: reversed(pair("vmaxps", "vmaxss")),
  sqrt,
  neg: withBits("vxorps", -(2 ** 31)),
  abs: withBits("vandps", 0x7fffffff),
  fma,
  roundEven: round(0),
  floor: round(1),
  ceil: round(2),
  trunc: round(3),
} satisfies Partial<Record<string, Rule>>;
