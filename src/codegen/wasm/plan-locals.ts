import type { Node, Region } from "../../ir/node.ts";
import { operations } from "../../ir/operations.ts";
import type { Type } from "../../ir/type.ts";
import { formOf } from "../../ir/type.ts";
import type { Use, Uses } from "../uses.ts";
import { findUses } from "../uses.ts";
import type { ValueType } from "./function-writer.ts";

/** Where values live: on the stack, as a part of the expression that uses them, or in a local. */
export interface LocalPlan {
  readonly inline: ReadonlySet<Node>;
  readonly locals: ReadonlyMap<Node, number>;
}

/** Cheap sources are made again at each use. */
const rematerialized: ReadonlySet<string> = new Set(["const", "begin", "end"]);

/** The WebAssembly type of a value. */
export function valueTypeOf(type: Type): ValueType {
  return formOf(type) === "scalar" ? (type as "f32" | "i32") : "v128";
}

/** Whether an operand is evaluated again in each iteration. */
const repeated = ({ user, slot }: Use): boolean => user?.op === "loop" && (slot === 1 || slot === 2);

const isRead = (node: Node): boolean => node.op === "read" || node.op === "readSplat";

/**
 * Chooses for each value of a legal kernel. A value with one use in the same body becomes part of that expression, reads
 * only where no write comes between. What a loop hands on lands in the local of its param where that is free by then.
 */
export function planLocals(root: Region, newLocal: (type: ValueType) => number): LocalPlan {
  const uses = findUses(root);
  const inline = new Set<Node>();
  const locals = new Map<Node, number>();
  chooseInline(root, uses, inline);
  const assign = (node: Node): void => {
    if (!locals.has(node)) locals.set(node, newLocal(valueTypeOf(node.type)));
  };
  const visit = (region: Region): void => {
    for (const param of region.params) assign(param);
    const fixed = region.params.length - region.yields.length;
    region.yields.forEach((value, slot) => {
      coalesce({ region, param: region.params[fixed + slot] as Node, value });
    });
    for (const node of region.body) {
      for (const inner of node.regions) visit(inner);
      if (node.op === "result") locals.set(node, locals.get(paramOf(node)) as number);
      else if (node.type !== "none" && !inline.has(node) && !rematerialized.has(node.op) && uses.of(node).length > 0)
        assign(node);
    }
  };

  /** The position in a body at which a use is evaluated: that of the expression it is a part of. */
  const rootIndex = (region: Region, use: Use): number => {
    let at = use;
    while (at.user !== undefined && at.region === region && inline.has(at.user)) at = uses.of(at.user)[0] as Use;
    return uses.positionIn(region, at) ?? region.body.length;
  };

  function coalesce({ region, param, value }: { region: Region; param: Node; value: Node }): void {
    const place = uses.place(value);
    const shared = uses.of(value).filter(({ user }) => user === undefined).length > 1;
    if (place?.region !== region || shared || locals.has(value) || rematerialized.has(value.op)) return;
    const local = locals.get(param) as number;
    if (value.op === "result") coalesceResult({ region, param, value, local });
    else if (uses.of(param).every((use) => rootIndex(region, use) <= place.index)) locals.set(value, local);
    else if (operations[value.op].pure && uses.of(value).length === 1) inline.add(value);
  }

  /** A value that only passes through an inner region keeps its local there. */
  function coalesceResult({
    region,
    param,
    value,
    local,
  }: {
    region: Region;
    param: Node;
    value: Node;
    local: number;
  }): void {
    const inner = paramOf(value);
    const owner = value.args[0] as Node;
    const at = (uses.place(owner) as { index: number }).index;
    const initial = owner.args[(owner.op === "loop" ? 3 : 1) + (value.immediate["index"] as number)];
    const others = uses.of(param).filter((use) => use.user !== owner);
    const once = uses.of(param).filter((use) => use.user === owner).length === 1;
    const free =
      initial === param && once && others.every((use) => use.region === region && rootIndex(region, use) < at);
    if (free && !locals.has(inner)) locals.set(inner, local);
  }

  visit(root);
  return { inline, locals };
}

/** The region param that a result is the last value of. */
function paramOf(result: Node): Node {
  const { params, yields } = (result.args[0] as Node).regions[0] as Region;
  return params[params.length - yields.length + (result.immediate["index"] as number)] as Node;
}

/** Marks the values that become parts of the expressions that use them, innermost region first and last node first. */
function chooseInline(region: Region, uses: Uses, inline: Set<Node>): void {
  for (let index = region.body.length - 1; index >= 0; index--) {
    const node = region.body[index] as Node;
    for (const inner of node.regions) chooseInline(inner, uses, inline);
    const all = uses.of(node);
    const [use] = all;
    const fits = all.length === 1 && use?.region === region && use.user !== undefined && !repeated(use);
    if (!fits || node.op === "result" || node.regions.length > 0) continue;
    const root = rootOf(use, uses, inline);
    if (operations[node.op].pure) {
      if (formOf(node.type) === "scalar" || isUnbroken(region, [index + 1, root], inline)) inline.add(node);
    } else if (isRead(node) && isCalm(region, index + 1, root)) inline.add(node);
  }
}

/**
 * Whether nothing but scalars is computed on the way outside expressions. Else a vector is made where the kernel makes it: sums that
 * are built side by side would otherwise be built one after another, each waiting for its own last product.
 */
function isUnbroken({ body }: Region, [from, to]: readonly [number, number], inline: ReadonlySet<Node>): boolean {
  for (let at = from; at < to; at++) {
    const node = body[at] as Node;
    if (!inline.has(node) && formOf(node.type) !== "scalar") return false;
  }
  return true;
}

/** The position of the expression that a use is a part of. */
function rootOf(use: Use, uses: Uses, inline: ReadonlySet<Node>): number {
  let at = use;
  while (at.user !== undefined && inline.has(at.user)) at = uses.of(at.user)[0] as Use;
  return at.index;
}

/** Whether nothing from `from` to before `to` changes memory. */
function isCalm({ body }: Region, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const node = body[at] as Node;
    if (!operations[node.op].pure && !isRead(node)) return false;
  }
  return true;
}
