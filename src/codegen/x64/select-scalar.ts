/** Integer arithmetic of scalars in general registers, and truths as 0 and 1. */
import { constantOf } from "../../ir/fold-integer.ts";
import type { Node } from "../../ir/node.ts";
import { both } from "../regalloc/machine-function.ts";
import type { Mnemonic } from "./instructions.ts";
import type { Argument } from "./machine-op.ts";
import { from, inout, to } from "./machine-op.ts";
import type { Branch, Rule, Selector } from "./selector.ts";

const word = { width: 32 } as const;

/** A constant as an immediate, or the value in a register or in memory. */
function source(s: Selector, node: Node | undefined): Argument {
  return (node && constantOf(node)) ?? s.operand(node);
}

/** The operands with a constant, or what is in memory, last. */
function commuted(s: Selector, [a, b]: readonly Node[]): readonly [Node, Node] {
  const swap = (a && constantOf(a) !== undefined) || s.isFolded(a);
  return (swap ? [b, a] : [a, b]) as [Node, Node];
}

/** Two-address arithmetic on a copy of the first operand. */
const onCopy =
  (mnemonic: Mnemonic, commutes: boolean): Rule =>
  (s, node) => {
    const [a, b] = commutes ? commuted(s, node.args) : (node.args as [Node, Node]);
    const right = source(s, b);
    s.op(mnemonic, word, inout(s.defineFrom(node, a)), right);
  };

const addOnCopy = onCopy("add", true);

/** Where the first operand is still needed, lea adds without a copy. */
const iadd: Rule = (s, node) => {
  const [a, b] = commuted(s, node.args);
  const constant = constantOf(b);
  if (s.isFolded(b) || s.dies(a, node) || (constant === undefined && s.dies(b, node))) {
    addOnCopy(s, node);
    return;
  }
  const [left, right] = [s.valueOf(a), constant === undefined ? s.valueOf(b) : undefined];
  s.op("lea", word, to(s.define(node)), { sum: [left, right], disp: constant ?? 0 });
};

const isPowerOfTwo = (value: number): boolean => value > 0 && (value & (value - 1)) === 0;

const imul: Rule = (s, node) => {
  const [a, b] = commuted(s, node.args);
  const constant = constantOf(b);
  if (constant === undefined) {
    onCopy("imul", true)(s, node);
    return;
  }
  if (isPowerOfTwo(constant)) s.op("shl", word, inout(s.defineFrom(node, a)), Math.log2(constant));
  else {
    const value = s.place(s.valueOf(a));
    s.op("imul", word, to(s.define(node)), value, constant);
  }
};

const choose =
  (condition: Mnemonic): Rule =>
  (s, node) => {
    const [a, b] = node.args as [Node, Node];
    const other = s.place(s.valueOf(b));
    const result = s.defineFrom(node, a);
    s.op("cmp", word, from(result), other);
    s.op(condition, word, inout(result), other);
  };

const [rax, rdx] = [0, 2];

/** Divides once for a quotient and a remainder of the same operands, where a region needs both. */
function divide(s: Selector, node: Node): void {
  const [a, b] = node.args as [Node, Node];
  const region = s.uses.place(node)?.region;
  const nodes = s.uses
    .of(a)
    .flatMap(({ user, region: of }) =>
      user && isDivision(user) && user.args[0] === a && user.args[1] === b && of === region ? [user] : [],
    );
  const divisor = s.valueOf(b);
  const [low, high] = [s.builder.vreg("gpr", rax), s.builder.vreg("gpr", rdx)];
  s.builder.move(low, s.valueOf(a));
  s.op("mov", word, to(high), 0);
  s.op("div", { ...word, implicit: [both(low), both(high)] }, s.place(divisor));
  for (const each of nodes) {
    if (!s.isSelected(each)) s.builder.move(s.define(each), each.op === "idiv" ? low : high);
  }
}

const isDivision = ({ op }: Node): boolean => op === "idiv" || op === "irem";

/** By a power of two: a shift, or a mask. */
const division =
  (kind: "idiv" | "irem"): Rule =>
  (s, node) => {
    const [a, b] = node.args as [Node, Node];
    const constant = constantOf(b);
    if (constant === undefined || !isPowerOfTwo(constant)) {
      divide(s, node);
      return;
    }
    const result = s.defineFrom(node, a);
    if (kind === "irem") s.op("and", word, inout(result), constant - 1);
    else if (constant > 1) s.op("shr", word, inout(result), Math.log2(constant));
  };

const not: Rule = (s, node) => {
  s.op("not", word, inout(s.defineFrom(node, node.args[0] as Node)));
};

const shift =
  (byConstant: Mnemonic, byRegister: Mnemonic): Rule =>
  (s, node) => {
    const [value, count] = node.args as [Node, Node];
    const constant = constantOf(count);
    if (constant === undefined) {
      const [start, amount] = [s.place(s.valueOf(value)), from(s.valueOf(count))];
      s.op(byRegister, word, to(s.define(node)), start, amount);
      return;
    }
    const result = s.defineFrom(node, value);
    if ((constant & 31) !== 0) s.op(byConstant, word, inout(result), constant & 31);
  };

/** 1 where the flags say so, else 0; `compare` sets them. */
export function truth(s: Selector, node: Node, { set, compare }: { set: Mnemonic; compare: () => void }): void {
  const result = s.builder.vreg("gpr");
  s.op("mov", word, to(result), 0);
  compare();
  s.op(set, { width: 8 }, inout(result));
  s.alias(node, result);
}

const compare =
  (set: Mnemonic): Rule =>
  (s, node) => {
    const left = from(s.valueOf(node.args[0]));
    const right = source(s, node.args[1]);
    truth(s, node, { set, compare: () => s.op("cmp", word, left, right) });
  };

/** The branch over a region that is done where `node` is true, or not 0. */
export function branchUnless(s: Selector, node: Node): Branch {
  const skips = { lt: "ge", le: "g", eq: "ne", ne: "e" } as const;
  if (s.folds.compares.has(node) && node.op in skips) {
    const left = from(s.valueOf(node.args[0]));
    return { mnemonic: "cmp", args: [left, source(s, node.args[1])], jump: skips[node.op as keyof typeof skips] };
  }
  const value = from(s.valueOf(node));
  return { mnemonic: "test", args: [value, value], jump: "e" };
}

/** Of two scalars. */
const select: Rule = (s, node) => {
  const [condition, a, b] = node.args as [Node, Node, Node];
  const [yes, no] = [s.valueOf(a), s.valueOf(b)];
  const test = from(s.valueOf(condition));
  const result = s.define(node);
  s.builder.move(result, no);
  if (node.type === "i32") {
    s.op("test", word, test, test);
    s.op("cmovne", word, inout(result), s.place(yes));
    return;
  }
  s.when({ mnemonic: "test", args: [test, test], jump: "e" }, [result]);
  s.builder.move(result, yes);
  s.builder.end();
};

const normalized: Rule = (s, node) => {
  const value = from(s.valueOf(node.args[0]));
  truth(s, node, { set: "setne", compare: () => s.op("test", word, value, value) });
};

export const scalarRules = {
  iadd,
  isub: onCopy("sub", false),
  imul,
  imin: choose("cmovg"),
  imax: choose("cmovl"),
  idiv: division("idiv"),
  irem: division("irem"),
  and: onCopy("and", true),
  or: onCopy("or", true),
  xor: onCopy("xor", true),
  not,
  shl: shift("shl", "shlx"),
  shr: shift("shr", "shrx"),
  sar: shift("sar", "sarx"),
  lt: compare("setl"),
  le: compare("setle"),
  eq: compare("sete"),
  ne: compare("setne"),
  select,
  any: normalized,
  all: normalized,
} satisfies Partial<Record<string, Rule>>;
