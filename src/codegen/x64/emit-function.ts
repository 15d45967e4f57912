import { constantOf } from "../../ir/fold-integer.ts";
import type { Kernel, Node, Region } from "../../ir/node.ts";
import type { Leaf } from "../../ir/operations.ts";
import type { MachineFunction } from "../regalloc/machine-function.ts";
import { def, MachineBuilder } from "../regalloc/machine-function.ts";
import { findUses } from "../uses.ts";
import type { MachineOp } from "./machine-op.ts";
import { from, inout, machineOp } from "./machine-op.ts";
import { planFolds } from "./plan-folds.ts";
import { rules } from "./select.ts";
import { branchUnless } from "./select-scalar.ts";
import { Selector } from "./selector.ts";
import type { X64Target } from "./targets.ts";

/** The registers in which a function gets the first and last work item, and the address of the thread's scratch. */
const [edx, ecx, r8d] = [2, 1, 8];

/** The machine instructions of a legal kernel, in virtual registers. */
export function emitFunction(kernel: Kernel, target: X64Target): MachineFunction<MachineOp> {
  if (!kernel.legal) throw new TypeError(`Kernel ${kernel.name} has not been legalized for ${target.name}.`);
  const builder = new MachineBuilder<MachineOp>();
  const uses = findUses(kernel.body);
  const incoming = [edx, ecx, r8d].map((register) => builder.vreg("gpr", register));
  builder.op(machineOp(undefined, {}, []).payload, incoming.map(def));
  const [begin, end, scratch] = incoming.map((vreg) => {
    const own = builder.vreg("gpr");
    builder.move(own, vreg);
    return own;
  }) as [number, number, number];
  builder.placeSources();
  const folds = planFolds(kernel.body, uses, target.evex);
  const selector = new Selector(builder, { target, uses, folds, scratch });
  new FunctionEmitter(selector, { begin, end }).emitBody(kernel.body.body);
  return builder.finish(kernel.name);
}

/** Emits regions: bodies in order, loops and conditions around them. */
class FunctionEmitter {
  readonly #s: Selector;
  readonly #range: { readonly begin: number; readonly end: number };

  constructor(selector: Selector, range: { readonly begin: number; readonly end: number }) {
    this.#s = selector;
    this.#range = range;
  }

  emitBody(body: readonly Node[]): void {
    for (const node of body) this.#emit(node);
  }

  #emit(node: Node): void {
    const s = this.#s;
    const { op } = node;
    if (op === "loop") this.#loop(node);
    else if (op === "when") this.#when(node);
    else if (op === "begin" || op === "end") s.alias(node, this.#range[op]);
    else if (op === "result") s.alias(node, s.valueOf(paramOf(node)));
    else if (!this.#isElsewhere(node)) rules[op as Leaf](s, node);
  }

  /** Made where it is used, or together with another. */
  #isElsewhere(node: Node): boolean {
    const { reads, compares, steps } = this.#s.folds;
    if (node.op === "iota" || node.op === "scratch" || this.#s.isSource(node)) return true;
    return reads.has(node) || compares.has(node) || steps.has(node) || this.#s.isSelected(node);
  }

  #loop(node: Node): void {
    const s = this.#s;
    const [lo, hi, step, ...inits] = node.args as [Node, Node, Node, ...Node[]];
    const region = node.regions[0] as Region;
    const vregs = this.#enter(node, [lo, ...inits]);
    const [index, ...carried] = vregs as [number, ...number[]];
    const limit = (): ReturnType<typeof from> | number => constantOf(hi) ?? s.place(s.valueOf(hi));
    const [first, last] = [constantOf(lo), constantOf(hi)];
    const runs = first !== undefined && last !== undefined && first < last;
    if (!runs) s.when({ mnemonic: "cmp", args: [from(index), limit()], jump: "ge" }, vregs);
    s.enter();
    s.builder.loop(vregs);
    this.emitBody(region.body);
    this.#handOn(region, carried);
    s.op("add", { width: 32 }, inout(index), constantOf(step) ?? s.place(s.valueOf(step)));
    s.repeat({ mnemonic: "cmp", args: [from(index), limit()], jump: "l" });
    s.leave();
    s.release(vregs);
    if (!runs) s.builder.end();
  }

  #when(node: Node): void {
    const s = this.#s;
    const [condition, ...inits] = node.args as [Node, ...Node[]];
    const region = node.regions[0] as Region;
    const vregs = this.#enter(node, inits);
    s.when(branchUnless(s, condition), vregs);
    s.enter();
    this.emitBody(region.body);
    this.#handOn(region, vregs);
    s.leave();
    s.release(vregs);
    s.builder.end();
  }

  /** The virtual registers of what a region gets, with the values that it gets first. */
  #enter(node: Node, values: readonly Node[]): number[] {
    const s = this.#s;
    const region = node.regions[0] as Region;
    return region.params.map((param, i) => {
      const value = values[i] as Node;
      if (!s.isSource(value)) return s.defineFrom(param, value, node);
      const vreg = s.define(param);
      this.#assignSource(vreg, value);
      return vreg;
    });
  }

  /** Gives carried values what the region yields; what only steps is added to, last. */
  #handOn({ yields }: Region, carried: readonly number[]): void {
    const s = this.#s;
    const stays = yields.map((value) => !s.folds.steps.has(value));
    this.#assign(
      carried.filter((_, i) => stays[i]),
      yields.filter((_, i) => stays[i]),
    );
    yields.forEach((value, i) => {
      if (stays[i]) return;
      const [, step] = value.args as [Node, Node];
      s.op("add", { width: 32 }, inout(carried[i] as number), constantOf(step) ?? s.place(s.valueOf(step)));
    });
  }

  /** Moves values to virtual registers, all at once: what is still to be read is not written before. */
  #assign(targets: readonly number[], values: readonly Node[]): void {
    const s = this.#s;
    const constants: (() => void)[] = [];
    let pending = targets.flatMap((target, i) => {
      const value = values[i] as Node;
      if (s.isSource(value)) constants.push(() => this.#assignSource(target, value));
      const source = s.isSource(value) ? target : s.valueOf(value);
      return source === target ? [] : [{ target, source }];
    });
    while (pending.length > 0) {
      const free = pending.find(({ target }) => !pending.some(({ source }) => source === target));
      if (free === undefined) {
        const { target } = pending[0] as { target: number };
        const kept = s.copy(target);
        pending = pending.map((move) => (move.source === target ? { ...move, source: kept } : move));
      } else {
        s.builder.move(free.target, free.source);
        pending = pending.filter((move) => move !== free);
      }
    }
    for (const assign of constants) assign();
  }

  #assignSource(target: number, value: Node): void {
    if (!this.#s.setConstant(target, value)) this.#s.builder.move(target, this.#s.valueOf(value));
  }
}

/** The region param that a result is the last value of. */
function paramOf(result: Node): Node {
  const { params, yields } = (result.args[0] as Node).regions[0] as Region;
  return params[params.length - yields.length + (result.immediate["index"] as number)] as Node;
}
