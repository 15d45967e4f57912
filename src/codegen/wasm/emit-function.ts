import { constantOf } from "../../ir/fold-integer.ts";
import type { Kernel, Node, Region } from "../../ir/node.ts";
import type { Leaf } from "../../ir/operations.ts";
import type { Target } from "../../ir/target.ts";
import type { ValueType } from "./function-writer.ts";
import { emptyBlock, FunctionWriter } from "./function-writer.ts";
import { planLocals } from "./plan-locals.ts";
import { rules } from "./select.ts";
import type { Selector } from "./selector.ts";

/** Vectors that V8 may unroll a loop around: it has 15 registers, and more would be spilled. */
const keptVectors = 4;

/** The body of a function (args, begin, end) that does what a legal kernel says. It ends in one place. */
export function emitFunction(kernel: Kernel, target: Target): Uint8Array {
  if (!kernel.legal) throw new TypeError(`Kernel ${kernel.name} has not been legalized for ${target.name}.`);
  const writer = new FunctionWriter(3);
  const { inline, locals } = planLocals(kernel.body, (type) => writer.local(type));
  const temporaries = new Map<string, number>();

  const localOf = (node: Node): number => {
    const local = locals.get(node);
    if (local === undefined)
      throw new RangeError(`Bug: %${node.id} (${node.op}) of kernel ${kernel.name} has no local.`);
    return local;
  };
  const select = (node: Node): void => rules[node.op as Leaf](selector, node);
  const selector: Selector = {
    target,
    op: (mnemonic, ...immediates) => writer.op(mnemonic, ...immediates),
    push(node) {
      if (node === undefined) throw new RangeError(`Bug: kernel ${kernel.name} lacks an operand.`);
      if (locals.has(node)) writer.op("local.get", localOf(node));
      else select(node);
    },
    temporary(type: ValueType, slot: number) {
      const key = `${type} ${slot}`;
      const known = temporaries.get(key) ?? writer.local(type);
      temporaries.set(key, known);
      return known;
    },
  };
  const { push } = selector;

  /** Moves values to the locals of params, all at once. */
  function assign(params: readonly Node[], values: readonly Node[]): void {
    const moves = params.map((param, i) => ({ to: localOf(param), value: values[i] as Node }));
    const real = moves.filter(({ to, value }) => locals.get(value) !== to);
    for (const { value } of real) push(value);
    for (const { to } of real.reverse()) writer.op("local.set", to);
  }

  function loop({ args, regions }: Node): void {
    const [lo, hi, step, ...inits] = args as [Node, Node, Node, ...Node[]];
    const { params, body, yields } = regions[0] as Region;
    const [index, ...carried] = params as [Node, ...Node[]];
    const more = (): void => {
      writer.op("local.get", localOf(index));
      push(hi);
      writer.op("i32.lt_s");
    };
    assign(params, [lo, ...inits]);
    const [first, last] = [constantOf(lo), constantOf(hi)];
    const runs = first !== undefined && last !== undefined && first < last;
    if (!runs) {
      more();
      writer.op("if", emptyBlock);
    }
    writer.op("loop", emptyBlock);
    if (carried.filter(({ type }) => type.startsWith("vec ")).length > keptVectors) writer.emptyLoop();
    emitBody(body);
    assign(carried, yields);
    writer.op("local.get", localOf(index));
    push(step);
    writer.op("i32.add");
    writer.op("local.set", localOf(index));
    more();
    writer.op("br_if", 0);
    writer.op("end");
    if (!runs) writer.op("end");
  }

  function when({ args, regions }: Node): void {
    const [condition, ...inits] = args as [Node, ...Node[]];
    const { params, body, yields } = regions[0] as Region;
    assign(params, inits);
    push(condition);
    writer.op("if", emptyBlock);
    emitBody(body);
    assign(params, yields);
    writer.op("end");
  }

  function emitBody(body: readonly Node[]): void {
    for (const node of body) {
      if (node.op === "loop") loop(node);
      else if (node.op === "when") when(node);
      else if (node.op !== "result") emitNode(node);
    }
  }

  function emitNode(node: Node): void {
    if (inline.has(node)) return;
    const local = locals.get(node);
    if (node.type === "none") select(node);
    else if (local !== undefined) {
      select(node);
      writer.op("local.set", local);
    }
  }

  emitBody(kernel.body.body);
  return writer.finish();
}
