import { formulas, isFormula } from "../math/formulas.ts";
import type { Kernel, Node, Region } from "../node.ts";
import type { Op } from "../operations.ts";
import { operations } from "../operations.ts";
import type { Target } from "../target.ts";
import type { View } from "../view.ts";
import { expandFold } from "./expand-fold.ts";
import { expandLoad, expandStore } from "./expand-memory.ts";
import { expandVectors } from "./expand-vectors.ts";
import { foldWidth } from "./fold-elements.ts";
import { Legalizer } from "./legalizer.ts";

/** The kernel with nothing but leaves: the form that targets select instructions for. It does the same, bit for bit. */
export function legalize(kernel: Kernel, target: Target): Kernel {
  const l = new Legalizer(target);
  l.reserve(kernel.scratchBytes);
  const results = new Map<Node, readonly Node[]>();
  let foldScratch: View | undefined;

  const walk = ({ body }: Region): void => {
    for (const node of body) visit(node);
  };

  const items = (node: Node): void => {
    const region = node.regions[0] as Region;
    l.loop(l.node("begin", []), l.node("end", []), 1, (item) => {
      l.bind(region.params[0], item);
      walk(region);
    });
  };

  const expansions: Partial<Record<Op, (node: Node) => void>> = {
    items,
    vectors: (node) => expandVectors(l, node, visit),
    fold: (node) => {
      foldScratch ??= l.scratch(Math.max(foldWidth, target.lanes ?? foldWidth));
      const storage = node.type === "f32" ? "f32" : "i32";
      l.bind(node, expandFold(l, node, { ...foldScratch, storage }, visit));
    },
    loop: (node) => void results.set(node, l.rebuild(node, 3, walk)),
    when: (node) => void results.set(node, l.rebuild(node, 1, walk)),
    result: (node) => {
      const { index } = node.immediate;
      l.bind(node, results.get(node.args[0] as Node)?.[index as number] as Node);
    },
    lanes: (node) => l.bind(node, l.lanes),
    prefetch: () => {},
  };

  const visit = (node: Node): void => {
    const { op, args, immediate, type } = node;
    const expand = expansions[op];
    if (expand) expand(node);
    else if (op.startsWith("load")) l.bind(node, expandLoad(l, node));
    else if (op.startsWith("store")) expandStore(l, node);
    else if (isFormula(op)) l.bind(node, formulas[op](l, l.get(args[0]), l.get(args.at(-1))));
    else if (operations[op].leaf)
      l.bind(
        node,
        l.node(
          op,
          args.map((arg) => l.get(arg)),
          immediate,
          type,
        ),
      );
    else throw new RangeError(`Bug: ${op} has no expansion.`);
  };

  walk(kernel.body);
  return l.kernel(kernel);
}
