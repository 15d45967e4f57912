import { isFormula } from "../math/formulas.ts";
import type { Kernel, Node, Region } from "../node.ts";
import type { Op } from "../operations.ts";
import type { Target } from "../target.ts";
import { foldLanes } from "./fold-lanes.ts";
import { expandedFormula } from "./formula.ts";
import type { Lanes } from "./lanes.ts";
import { newLanes } from "./lanes.ts";
import { readLanes, writeLanes } from "./memory.ts";
import { mixing } from "./mixing.ts";
import { fmaOf, lanewise } from "./semantics.ts";

/** What a run needs beside the kernel. Addresses are offsets in `memory`. */
export interface Run {
  readonly memory: ArrayBufferLike;
  /** Where the argument block begins. */
  readonly args: number;
  readonly begin: number;
  readonly end: number;
  /** Where this thread's scratch begins. */
  readonly scratch: number;
}

type Machine = Required<Pick<Target, "fused">> & { readonly lanes: number };

/**
 * Runs a kernel on work items begin..end, before or after `legalize`: the reference that all targets are compared with.
 * Every operation is done lane by lane on f32 and i32 numbers, as its row in the table of operations says.
 */
export function interpret(kernel: Kernel, target: Machine, run: Run): void {
  const { lanes } = target;
  const view = new DataView(run.memory);
  const values = new Map<Node, Lanes>();
  /** Lanes of each part that exist. */
  const parts = new Map<Node, number>();
  const results = new Map<Node, readonly Lanes[]>();
  const lanewiseOps: Partial<Record<Op, (a: number, b: number, c: number) => number>> = {
    ...lanewise,
    fma: fmaOf(target.fused),
  };

  const get = (node: Node | undefined): Lanes => {
    const value = node && values.get(node);
    if (!value) throw new RangeError(`Bug: kernel ${kernel.name} reads %${node?.id} before it is defined.`);
    return value;
  };
  const scalar = (node: Node | undefined): number => get(node)[0] as number;
  const setScalar = (node: Node | undefined, value: number): void => {
    if (node) values.set(node, newLanes(node.type, lanes).fill(value));
  };
  const runBody = (region: Region): void => {
    for (const node of region.body) step(node);
  };
  const bindParams = (params: readonly Node[], to: readonly Lanes[]): void => {
    params.forEach((param, i) => {
      values.set(param, to[i] as Lanes);
    });
  };

  function loop({ args, regions: [region] }: Node): readonly Lanes[] {
    const [lo, hi, by] = args.map((arg) => scalar(arg)) as [number, number, number];
    const { params, yields } = region as Region;
    let carried = args.slice(3).map(get);
    for (let i = lo; i < hi; i += by) {
      setScalar(params[0], i);
      bindParams(params.slice(1), carried);
      runBody(region as Region);
      carried = yields.map(get);
    }
    return carried;
  }

  function when({ args, regions: [region] }: Node): readonly Lanes[] {
    const carried = args.slice(1).map(get);
    if (scalar(args[0]) === 0) return carried;
    bindParams((region as Region).params, carried);
    runBody(region as Region);
    return (region as Region).yields.map(get);
  }

  function vectors({ args, immediate, regions: [region] }: Node): void {
    const [i, part] = (region as Region).params as [Node, Node];
    const n = scalar(args[0]);
    const most = immediate["most"] as number | undefined;
    if (most !== undefined && n > most * lanes)
      throw new RangeError(`Bug: ${n} elements are more than ${most} vectors.`);
    for (let at = 0; at < n; at += lanes) {
      setScalar(i, at);
      parts.set(part, Math.min(lanes, n - at));
      runBody(region as Region);
    }
  }

  function items({ regions: [region] }: Node): void {
    for (let item = run.begin; item < run.end; item++) {
      setScalar((region as Region).params[0], item);
      runBody(region as Region);
    }
  }

  function fold({ args, regions: [region], immediate, type }: Node): Lanes {
    const [acc, i, part] = (region as Region).params as [Node, Node, Node];
    const next = (value: Lanes, at: number, count: number): Lanes => {
      values.set(acc, value);
      setScalar(i, at);
      parts.set(part, count);
      runBody(region as Region);
      return get((region as Region).yields[0]);
    };
    const start = newLanes(acc.type, lanes).fill(scalar(args[1]));
    const combine = lanewise[immediate["combine"] as "add" | "max" | "min" | "mul"];
    const result = newLanes(type, lanes);
    result[0] = foldLanes({ n: scalar(args[0]), start, next, combine });
    return result;
  }

  const special: Partial<Record<Op, (node: Node) => void>> = {
    begin: (node) => setScalar(node, run.begin),
    end: (node) => setScalar(node, run.end),
    scratch: (node) => setScalar(node, run.scratch + (node.immediate["offset"] as number)),
    lanes: (node) => setScalar(node, lanes),
    const: (node) => setScalar(node, node.immediate["value"] as number),
    argument: (node) => {
      const at = run.args + 4 * (node.immediate["word"] as number);
      setScalar(node, node.type === "f32" ? view.getFloat32(at, true) : view.getInt32(at, true));
    },
    splat: (node) => setScalar(node, scalar(node.args[0])),
    result: (node) => {
      values.set(node, results.get(node.args[0] as Node)?.[node.immediate["index"] as number] as Lanes);
    },
    prefetch: () => {},
    loop: (node) => void results.set(node, loop(node)),
    when: (node) => void results.set(node, when(node)),
    vectors,
    items,
    fold: (node) => void values.set(node, fold(node)),
  };

  function step(node: Node): void {
    const { op, args, type } = node;
    const perLane = lanewiseOps[op];
    const mix = mixing[op];
    if (perLane) {
      const [a, b, c] = args.map(get);
      const out = newLanes(type, lanes);
      for (let i = 0; i < out.length; i++) out[i] = perLane(a![i]!, b ? b[i]! : 0, c ? c[i]! : 0);
      values.set(node, out);
    } else if (mix) values.set(node, mix(node, args.map(get), newLanes(type, lanes)));
    else if (special[op]) special[op](node);
    else if (isFormula(op)) values.set(node, evaluateFormula(node));
    else memory(node);
  }

  /** The formula as instructions, run on the operands. */
  function evaluateFormula(node: Node): Lanes {
    const { params, body, value } = expandedFormula(node);
    bindParams(params, node.args.map(get));
    for (const inner of body) step(inner);
    return get(value);
  }

  function memory(node: Node): void {
    const counts = { count: countOf(node), lanes };
    if (node.type === "none") writeLanes(view, node, { ...counts, values: node.args.map((arg) => values.get(arg)) });
    else values.set(node, readLanes(view, node, { ...counts, values: node.args.map((arg) => values.get(arg)) }));
  }

  function countOf({ op, args }: Node): number | undefined {
    const last = args.at(-1) as Node;
    if (last.type === "part") return parts.get(last);
    return op === "readFirst" || op === "writeFirst" ? scalar(last) : undefined;
  }

  runBody(kernel.body);
}
