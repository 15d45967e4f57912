import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { Wide } from "../../ir/wide.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { Place, Schedule, TensorFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { collapse } from "./collapse.ts";
import type { Elementwise } from "./elementwise.ts";
import { elementwise } from "./elementwise.ts";
import { elementwiseWide } from "./elementwise-wide.ts";
import { evaluateWide } from "./evaluate-expression.ts";
import type { Expression } from "./expression.ts";
import { expressionKey } from "./expression.ts";
import type { ElementStorage } from "./storage-of.ts";
import { elementStorageOf } from "./storage-of.ts";

/** Elements of a row that one item does. */
const blockElements = 4096;
/** Those of an item with i64, whose words go through scratch. */
const wideElements = 1024;

/** Chains of elementwise operators with numpy broadcasting. */
export const elementwiseSchedule: Schedule = {
  name: "elementwise",
  ops: ["elementwise"],
  plan(step) {
    const expression = step.expression as Expression;
    const operands = step.operands as readonly TensorFacts[];
    const [y] = step.results as readonly TensorFacts[];
    if (y === undefined) return "nobody uses the result";
    const odd = [...operands, y].find(({ dtype }) => elementStorageOf(dtype) === undefined);
    if (odd) return `${odd.dtype} has no elementwise kernels`;
    const {
      extents,
      n,
      operands: walks,
    } = collapse(
      y.shape,
      operands.map(({ shape }) => shape),
    );
    const wide = y.dtype === "i64" || operands.some(({ dtype }) => dtype === "i64");
    const block = wide ? wideElements : blockElements;
    const blocks = Math.max(1, Math.ceil(n / block));
    const words: Record<string, number | Place> = { n, blocks, block, y: result() };
    let stride = n;
    for (let d = extents.length - 1; d >= 0; d--) {
      words[`extent${d}`] = extents[d] as number;
      words[`yStride${d}`] = stride * wordsOf(y);
      stride *= extents[d] as number;
    }
    walks.forEach(({ strides }, i) => {
      words[`x${i}`] = operand(i);
      strides.forEach((each, d) => {
        words[`x${i}Stride${d}`] = each * wordsOf(operands[i] as TensorFacts);
      });
    });
    const sources = operands.map(({ dtype }, i) => ({
      storage: elementStorageOf(dtype) as ElementStorage,
      repeats: walks[i]?.repeats ?? false,
    }));
    const dtypes = operands.map(({ dtype }) => dtype);
    const options = { rank: extents.length, operands: sources, result: elementStorageOf(y.dtype) as ElementStorage };
    const formula = (k: Builder, ...values: readonly (Node | Wide)[]) =>
      evaluateWide(k, expression, { values, dtypes });
    const shape = `${extents.length} ${sources.map((s) => `${s.storage}${s.repeats ? "*" : ""}`).join()} ${y.dtype}`;
    const key = `${shape} ${expressionKey(expression)}`;
    const count = elementCount(y.shape);
    const same = operands.flatMap(({ dtype, shape: of }, i) =>
      bytesFor(dtype, 1) === bytesFor(y.dtype, 1) && elementCount(of) === count && !walks[i]?.repeats ? [i] : [],
    );
    return {
      launches: [
        {
          kernel: wide
            ? use(elementwiseWide, { ...options, formula, block }, key)
            : use(elementwise, { ...options, formula } as Elementwise, key),
          words,
          items: count === 0 ? 0 : blocks * extents.reduce((product, extent) => product * extent, 1),
          flops: count * expression.nodes.length,
          bytes:
            operands.reduce((sum, { dtype, shape: of }) => sum + bytesFor(dtype, elementCount(of)), 0) +
            bytesFor(y.dtype, count),
        },
      ],
      inPlace: same,
    };
  },
};

/** Strides of i64 count words. */
const wordsOf = ({ dtype }: TensorFacts): number => (dtype === "i64" ? 2 : 1);
