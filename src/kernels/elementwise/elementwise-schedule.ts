import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { Place, Schedule, TensorFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { collapse } from "./collapse.ts";
import { elementwise } from "./elementwise.ts";
import { evaluateExpression } from "./evaluate-expression.ts";
import type { Expression } from "./expression.ts";
import { expressionKey } from "./expression.ts";
import { storageOf } from "./storage-of.ts";

/** Elements of a row that one item does. */
const blockElements = 4096;

/** Chains of elementwise operators with numpy broadcasting. */
export const elementwiseSchedule: Schedule = {
  name: "elementwise",
  ops: ["elementwise"],
  plan(step) {
    const expression = step.expression as Expression;
    const operands = step.operands as readonly TensorFacts[];
    const [y] = step.results as readonly TensorFacts[];
    if (y === undefined) return "nobody uses the result";
    const odd = [...operands, y].find(({ dtype }) => storageOf(dtype) === undefined);
    if (odd) return `${odd.dtype} has no elementwise kernels`;
    const {
      extents,
      n,
      operands: walks,
    } = collapse(
      y.shape,
      operands.map(({ shape }) => shape),
    );
    const blocks = Math.max(1, Math.ceil(n / blockElements));
    const words: Record<string, number | Place> = { n, blocks, block: blockElements, y: result() };
    let stride = n;
    for (let d = extents.length - 1; d >= 0; d--) {
      words[`extent${d}`] = extents[d] as number;
      words[`yStride${d}`] = stride;
      stride *= extents[d] as number;
    }
    walks.forEach(({ strides }, i) => {
      words[`x${i}`] = operand(i);
      strides.forEach((each, d) => {
        words[`x${i}Stride${d}`] = each;
      });
    });
    const sources = operands.map(({ dtype }, i) => ({
      storage: storageOf(dtype) as Storage,
      repeats: walks[i]?.repeats ?? false,
    }));
    const dtypes = operands.map(({ dtype }) => dtype);
    const options = {
      rank: extents.length,
      operands: sources,
      result: storageOf(y.dtype) as Storage,
      formula: (k: Builder, ...values: Node[]) => evaluateExpression(k, expression, { values, dtypes }),
    };
    const shape = `${extents.length} ${sources.map((s) => `${s.storage}${s.repeats ? "*" : ""}`).join()} ${y.dtype}`;
    const count = elementCount(y.shape);
    const same = operands.flatMap(({ dtype, shape: of }, i) =>
      bytesFor(dtype, 1) === bytesFor(y.dtype, 1) && elementCount(of) === count && !walks[i]?.repeats ? [i] : [],
    );
    return {
      launches: [
        {
          kernel: use(elementwise, options, `${shape} ${expressionKey(expression)}`),
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
