import type { Kernel, Node, Region } from "./node.ts";
import type { Op } from "./operations.ts";
import { operations } from "./operations.ts";
import { printNode } from "./print.ts";
import type { Type } from "./type.ts";

/** Leading params of a region that are not carried, and leading operands of its node that are not initial values. */
const shapes: Partial<Record<Op, { readonly params: readonly Type[]; readonly operands: number }>> = {
  loop: { params: ["i32"], operands: 3 },
  when: { params: [], operands: 1 },
  items: { params: ["i32"], operands: 0 },
  vectors: { params: ["i32", "part"], operands: 1 },
};

/**
 * Checks a kernel: each value is defined before its uses and in a region around them, operands fit their operation, what
 * regions hand on fits what they take, and a legal kernel has leaves alone. Throws at the first fault.
 */
export function verify(kernel: Kernel): void {
  const defined = new Set<Node>();

  function fault(node: Node, why: string): never {
    throw new TypeError(`Bug: kernel ${kernel.name} is not valid: ${printNode(node)}: ${why}.`);
  }

  function checkNode(node: Node): void {
    const { op, args, regions } = node;
    for (const arg of args) if (!defined.has(arg)) fault(node, `%${arg.id} (${arg.op}) is not defined here`);
    if (kernel.legal && !operations[op].leaf) fault(node, "it is not a leaf");
    if (regions.length > 0) checkStructure(node);
    else checkTypes(node);
  }

  function checkTypes(node: Node): void {
    const { op, args, immediate, type } = node;
    const types = args.map((arg) => arg.type);
    try {
      const expected = operations[op].rule(types, immediate, type);
      if (expected !== type) fault(node, `its type should be ${expected}, is ${type}`);
    } catch (error) {
      fault(node, (error as Error).message);
    }
  }

  function checkStructure(node: Node): void {
    const region = node.regions[0] as Region;
    const shape = shapes[node.op];
    const inner = node.op === "fold" ? [(region.params[0] as Node).type] : [];
    const fixed = shape?.params ?? [...inner, "i32", "part"];
    if (region.params.slice(0, fixed.length).some(({ type }, i) => type !== fixed[i]))
      fault(node, "its params do not fit");
    checkRegion(region);
    const carried = node.op === "fold" ? region.params.slice(0, 1) : region.params.slice(fixed.length);
    const inits = node.op === "fold" ? [] : node.args.slice(shape?.operands);
    if (region.yields.length !== carried.length)
      fault(node, `${region.yields.length} yields for ${carried.length} params`);
    carried.forEach((param, i) => {
      if (region.yields[i]?.type !== param.type)
        fault(node, `yield ${i} is ${region.yields[i]?.type}, not ${param.type}`);
      if (node.op !== "fold" && inits[i]?.type !== param.type) fault(node, `initial value ${i} is not ${param.type}`);
    });
  }

  function checkRegion({ params, body, yields }: Region): void {
    for (const param of params) defined.add(param);
    for (const node of body) {
      checkNode(node);
      defined.add(node);
    }
    for (const value of yields) {
      if (!defined.has(value)) fault(value, "it is handed on, but is not defined in the region");
    }
    for (const node of [...params, ...body]) defined.delete(node);
  }

  checkRegion(kernel.body);
}
