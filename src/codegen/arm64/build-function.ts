import { constantOf } from "../../ir/fold-integer.ts";
import type { Kernel, Node, Region } from "../../ir/node.ts";
import type { Target } from "../../ir/target.ts";
import type { MachineFunction } from "../regalloc/machine-function.ts";
import type { Line, Payload } from "./code-builder.ts";
import { target as branchTarget, update, write } from "./code-builder.ts";
import { condition } from "./operand-kind.ts";
import { fixed } from "./registers.ts";
import { select } from "./select.ts";
import { Selector } from "./selector.ts";

/** The instructions of a legal kernel, on virtual registers. */
export function buildFunction(kernel: Kernel, target: Target): MachineFunction<Payload> {
  if (!kernel.legal) throw new TypeError(`Kernel ${kernel.name} has not been legalized for ${target.name}.`);
  return new FunctionBuilder(kernel, target).run();
}

class FunctionBuilder {
  readonly #kernel: Kernel;
  readonly #s: Selector;

  constructor(kernel: Kernel, target: Target) {
    this.#kernel = kernel;
    this.#s = new Selector(target, kernel.body);
  }

  run(): MachineFunction<Payload> {
    const { code } = this.#s;
    const [begin, end] = [code.vreg("gpr", fixed.begin), code.vreg("gpr", fixed.end)];
    code.sequence(["mov_w", write(begin), fixed.begin], ["mov_w", write(end), fixed.end]);
    const bounds = { begin: code.vreg("gpr"), end: code.vreg("gpr") };
    code.move(bounds.begin, begin);
    code.move(bounds.end, end);
    for (const node of this.#kernel.body.body) {
      if (node.op === "begin" || node.op === "end") this.#s.alias(node, bounds[node.op]);
    }
    this.#body(this.#kernel.body);
    return code.finish(this.#kernel.name);
  }

  #body(region: Region): void {
    for (const node of region.body) {
      if (node.op === "loop") this.#loop(node);
      else if (node.op === "when") this.#when(node);
      else if (node.op === "result") this.#s.defined(node);
      else if (node.op !== "begin" && node.op !== "end") {
        select(this.#s, node);
        this.#s.defined(node);
      } else this.#s.defined(node);
    }
  }

  #loop(node: Node): void {
    const { code } = this.#s;
    const [lo, hi, step, ...inits] = node.args as [Node, Node, Node, ...Node[]];
    const region = node.regions[0] as Region;
    const [index, ...carried] = region.params as [Node, ...Node[]];
    const params = region.params.map((param) => this.#s.result(param));
    const again = this.#test(index, hi);
    code.moveAll(params, this.#vregs([lo, ...inits]));
    const [first, last] = [constantOf(lo), constantOf(hi)];
    const runs = first !== undefined && last !== undefined && first < last;
    if (!runs) code.when(params, ...this.#test(index, hi), ["b_cond", condition.ge, branchTarget]);
    code.loop(params);
    for (const param of region.params) this.#s.defined(param);
    this.#body(region);
    code.moveAll(this.#vregs(carried), this.#vregs(region.yields));
    this.#advance(index, step);
    code.repeat(...again, ["b_cond", condition.lt, branchTarget]);
    if (!runs) code.end();
    this.#results(node, carried);
  }

  /** Compares a loop's index with its bound. */
  #test(index: Node, hi: Node): Line[] {
    const last = constantOf(hi);
    if (last !== undefined && last >= 0 && last < 4096) return [["cmp_wi", this.#s.read(index), last]];
    return [["cmp_w", this.#s.read(index), this.#s.read(hi)]];
  }

  #advance(index: Node, step: Node): void {
    const by = constantOf(step);
    const next = update(this.#s.vreg(index));
    if (by !== undefined && by >= 0 && by < 4096) this.#s.code.op("add_wi", next, next, by);
    else this.#s.code.op("add_w", next, next, this.#s.read(step));
  }

  #when(node: Node): void {
    const { code } = this.#s;
    const [test, ...inits] = node.args as [Node, ...Node[]];
    const region = node.regions[0] as Region;
    const params = region.params.map((param) => this.#s.result(param));
    code.moveAll(params, this.#vregs(inits));
    code.when(params, ["cbz_w", this.#s.read(test), branchTarget]);
    for (const param of region.params) this.#s.defined(param);
    this.#body(region);
    code.moveAll(params, this.#vregs(region.yields));
    code.end();
    this.#results(node, region.params);
  }

  #vregs(nodes: readonly Node[]): number[] {
    return nodes.map((node) => this.#s.vreg(node));
  }

  /** What a region hands on at its end is in the registers of its params. */
  #results(node: Node, params: readonly Node[]): void {
    for (const { user } of this.#s.uses.of(node)) {
      if (user?.op === "result") this.#s.alias(user, this.#s.vreg(params[user.immediate["index"] as number]));
    }
  }
}
