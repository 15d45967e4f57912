import { storageOf } from "../elementwise/storage-of.ts";
import type { Schedule, TensorFacts } from "../schedule.ts";
import { operand, result } from "../schedule.ts";
import { planFinish } from "./finish.ts";
import { convShape } from "./geometry.ts";
import { convRows, placePanels } from "./pack-weights.ts";
import { planProduct } from "./plan-product.ts";

/** Any convolution, as a product of weights with gathered windows. */
export const gatherConvSchedule: Schedule = {
  name: "gather-conv",
  ops: ["conv"],
  epilogue: true,
  plan(step, target) {
    const [x, w] = step.operands as readonly [TensorFacts, TensorFacts];
    const [y] = step.results as readonly [TensorFacts | undefined];
    const [from, to] = [storageOf(x.dtype), y && storageOf(y.dtype)];
    if (from === undefined || to === undefined) return `${x.dtype} has no kernels`;
    const shape = convShape(x.shape, w.shape, step.attributes);
    if (typeof shape === "string") return shape;
    const finish = planFinish(step, { bias: 2 });
    if (typeof finish === "string") return finish;
    const gather = planProduct(shape, target, { x: from, y: to, finish });
    const weights = placePanels(w, 1, convRows(shape, gather.mr));
    return {
      launches: [...weights.launches, gather.launch({ x: operand(0), w: weights.place, y: result() })],
      temporaries: weights.temporaries,
      packed: weights.packed,
    };
  },
};
