import type { Schedule, TensorFacts } from "../schedule.ts";
import { operand } from "../schedule.ts";
import { elementwiseLaunch } from "./elementwise-launch.ts";
import { evaluateWide } from "./evaluate-expression.ts";
import type { Expression } from "./expression.ts";
import { expressionKey } from "./expression.ts";
import { elementStorageOf } from "./storage-of.ts";

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
    const dtypes = operands.map(({ dtype }) => dtype);
    const { launch, inPlace } = elementwiseLaunch({
      shape: y.shape,
      operands: operands.map(({ dtype, shape }, i) => ({ dtype, shape, place: operand(i) })),
      dtype: y.dtype,
      formula: (k, ...values) => evaluateWide(k, expression, { values, dtypes }),
      key: expressionKey(expression),
      flops: expression.nodes.length,
    });
    return { launches: [launch], inPlace };
  },
};
