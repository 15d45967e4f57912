import type { Node, Region } from "../../ir/node.ts";
import type { Op } from "../../ir/operations.ts";
import { operations } from "../../ir/operations.ts";
import type { Storage } from "../../ir/type.ts";
import { elementOf, formOf, widthOf } from "../../ir/type.ts";
import type { Use, Uses } from "../uses.ts";

/** Values that are no instructions of their own. */
export interface Folds {
  /** Reads that are the memory operand of the instruction that uses them. */
  readonly reads: ReadonlySet<Node>;
  /** Comparisons that a branch makes itself. */
  readonly compares: ReadonlySet<Node>;
  /** Sums that a loop adds to what it carries at its end. */
  readonly steps: ReadonlySet<Node>;
}

/** Operands that may be memory, best first, by operation and form. */
const vectorSlots: Partial<Record<Op, readonly number[]>> = {
  add: [1, 0],
  sub: [1],
  mul: [1, 0],
  div: [1],
  sqrt: [0],
  fma: [1, 0, 2],
  minAny: [0],
  maxAny: [0],
  roundEven: [0],
  floor: [0],
  ceil: [0],
  trunc: [0],
  toI32: [0],
  toF32: [0],
  iadd: [1, 0],
  isub: [1],
  imul: [1, 0],
  imin: [1, 0],
  imax: [1, 0],
  and: [1, 0],
  or: [1, 0],
  xor: [1, 0],
  select: [1],
};

const scalarSlots: Partial<Record<Op, readonly number[]>> = {
  add: [1, 0],
  sub: [1],
  mul: [1, 0],
  div: [1],
  sqrt: [0],
  fma: [1, 0, 2],
  minAny: [0],
  maxAny: [0],
  splat: [0],
  iadd: [1, 0],
  isub: [1],
  imul: [1, 0],
  and: [1, 0],
  or: [1, 0],
  xor: [1, 0],
};

/** Operations on vectors whose memory operand can be one element for all lanes. */
const broadcastSlots: Partial<Record<Op, readonly number[]>> = {
  add: [1, 0],
  sub: [1],
  mul: [1, 0],
  div: [1],
  fma: [1, 0],
  minAny: [0],
  maxAny: [0],
};

const isRead = ({ op }: Node): boolean => op === "read" || op === "readSplat" || op === "readFirst";
const compareOps: ReadonlySet<Op> = new Set<Op>(["lt", "le", "eq", "ne"]);

/** Whether memory and register hold the same bits. */
export function isDirect({ type, immediate }: Node): boolean {
  const storage = immediate["storage"] as Storage;
  const short = (elementOf(type) === "f32" || elementOf(type) === "i32") && widthOf(storage) < 4;
  return !short;
}

/** Finds what needs no instruction of its own in a kernel. `broadcasts` says whether memory operands can be splats. */
export function planFolds(root: Region, uses: Uses, broadcasts: boolean): Folds {
  const [reads, compares, steps] = [new Set<Node>(), new Set<Node>(), new Set<Node>()];
  const users = new Set<Node>();

  const slotsOf = (node: Node, user: Node): readonly number[] => {
    if (node.op === "readSplat") return broadcasts && isWord(node) ? (broadcastSlots[user.op] ?? []) : [];
    if (node.op !== "read" || !isDirect(node)) return [];
    return (formOf(node.type) === "scalar" ? scalarSlots[user.op] : vectorSlots[user.op]) ?? [];
  };

  const foldRead = (node: Node, [use]: readonly Use[], region: Region): void => {
    const user = use?.user;
    if (use === undefined || user === undefined || use.region !== region || users.has(user)) return;
    if (!slotsOf(node, user).includes(use.slot)) return;
    const from = (uses.place(node)?.index ?? 0) + 1;
    const calm = region.body.slice(from, use.index).every((each) => operations[each.op].pure || isRead(each));
    if (!calm) return;
    reads.add(node);
    users.add(user);
  };

  const visit = (region: Region): void => {
    for (let index = region.body.length - 1; index >= 0; index--) {
      const node = region.body[index] as Node;
      for (const inner of node.regions) visit(inner);
      const found = uses.of(node);
      if (found.length !== 1) continue;
      if (isRead(node)) foldRead(node, found, region);
      else if (compareOps.has(node.op) && node.args[0]?.type === "i32" && isCondition(found[0])) compares.add(node);
    }
    addSteps(region, uses, steps);
  };

  visit(root);
  return { reads, compares, steps };
}

const isWord = (node: Node): boolean => widthOf(node.immediate["storage"] as Storage) === 4;

const isCondition = (use: Use | undefined): boolean => use?.user?.op === "when" && use.slot === 0;

/** What is handed on as the param and something from outside the region, and used by nothing else. */
function addSteps(region: Region, uses: Uses, steps: Set<Node>): void {
  const fixed = region.params.length - region.yields.length;
  region.yields.forEach((value, slot) => {
    const param = region.params[fixed + slot];
    const [base, step] = value.args;
    if (value.op !== "iadd" || value.type !== "i32" || base !== param || step === undefined) return;
    if (uses.of(value).length !== 1 || region.params.includes(step)) return;
    const place = uses.place(step);
    if (step.op === "const" || place?.region !== region) steps.add(value);
  });
}
