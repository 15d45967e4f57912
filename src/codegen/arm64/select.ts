import type { Node } from "../../ir/node.ts";
import type { Leaf, ScalableLeaf } from "../../ir/operations.ts";
import { elementOf, formOf, widthOf } from "../../ir/type.ts";
import { floatLines, integerLines, quadLines, vectorLines, wordOf } from "./constants.ts";
import { floatBits } from "./immediates.ts";
import { fixed } from "./registers.ts";
import { memoryRules } from "./select-memory.ts";
import { neonRules } from "./select-neon.ts";
import { scalarRules } from "./select-scalar.ts";
import { sveRules } from "./select-sve.ts";
import { sveMemoryRules } from "./select-sve-memory.ts";
import type { Rule, Selector } from "./selector.ts";

/** Has no instruction of its own: the function's emitter places it. */
const structure: Rule = (_, node) => {
  throw new RangeError(`Bug: ${node.op} is not selected as an instruction.`);
};

const constant: Rule = (s, node) => {
  const value = node.immediate["value"] as number;
  s.code.source(s.result(node), (to) => (node.type === "i32" ? integerLines(to, value) : floatLines(to, value)));
};

/** A vector or quad of one constant. */
function constantSplat(s: Selector, node: Node): void {
  const value = node.args[0]?.immediate["value"] as number;
  const element = elementOf(node.type);
  const word = element === "f32" ? floatBits(value) : wordOf(value, widthOf(element));
  const lines = s.isScalable && formOf(node.type) === "vec" ? vectorLines : quadLines;
  s.code.source(s.result(node), (to) => lines(to, word));
}

const argument: Rule = (s, node) => {
  const offset = 4 * (node.immediate["word"] as number);
  s.code.source(s.result(node), (to) => [[node.type === "i32" ? "ldr_w" : "ldr_s", to, fixed.args, offset]]);
};

/** The scratch's offset in the arena, for where it is not an address. */
const scratch: Rule = (s, node) => {
  const offset = node.immediate["offset"] as number;
  s.code.source(s.result(node), (to) => [
    ...integerLines(fixed.temporary, offset),
    ["sub_x", to, fixed.scratch, fixed.base],
    ["add_x", to, to, fixed.temporary],
  ]);
};

/** What has no vector operands, and is the same on all targets. */
const sources = {
  param: structure,
  result: structure,
  loop: structure,
  when: structure,
  begin: structure,
  end: structure,
  argument,
  scratch,
  const: constant,
} satisfies Partial<Record<Leaf, Rule>>;

const vectorRules = { ...neonRules, ...memoryRules };

/** Rules for every leaf on NEON. */
const neon = { ...scalarRules, ...vectorRules, ...sources } satisfies Record<Leaf, Rule>;

/** Rules for every leaf on SVE2, of which those that are for quads alone are NEON's. */
const sve = {
  ...neon,
  ...sveRules,
  ...sveMemoryRules,
  lanes: (s, node) => s.code.source(s.result(node), (to) => [["cntw", to, 1]]),
} satisfies Record<ScalableLeaf, Rule>;

/** The operand or result that says what a leaf works on. */
function formOfLeaf({ op, type, args }: Node): ReturnType<typeof formOf> {
  const isSource = op === "splat" || op === "readSplat" || op === "read" || op === "readFirst" || args.length === 0;
  if (isSource) return formOf(type);
  return formOf((args[op === "write" || op === "writeFirst" ? 1 : 0] as Node).type);
}

type Table = Readonly<Partial<Record<string, Rule>>>;

/** Emits the instructions of one leaf. */
export function select(s: Selector, node: Node): void {
  if (node.op === "splat" && node.args[0]?.op === "const") constantSplat(s, node);
  else ruleOf(s, node)(s, node);
}

function ruleOf(s: Selector, node: Node): Rule {
  const { op } = node;
  const form = formOfLeaf(node);
  const tables: readonly Table[] =
    form === "scalar" ? [scalarRules, neon] : s.isScalable && form === "vec" ? [sve] : [vectorRules, neon];
  const rule = [...tables, sve as Table].map((table) => table[op]).find((found) => found !== undefined);
  if (rule === undefined) throw new RangeError(`Bug: ${op} has no rule on ${s.target.name}.`);
  return rule;
}
