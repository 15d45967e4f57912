import { storageOf } from "../elementwise/storage-of.ts";
import type { Schedule, TensorFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { mostRowElements } from "./channel-rows.ts";
import { planFinish } from "./finish.ts";
import { windowWords } from "./gather-windows.ts";
import { convShape } from "./geometry.ts";
import { convRows, placePanels } from "./pack-weights.ts";
import { walkOf } from "./plan-gather.ts";
import { roomForRows } from "./room-for.ts";
import { mostTaps } from "./tap-offsets.ts";
import { thinConv, thinPanel } from "./thin-conv.ts";
import { rowElements, rowLayout } from "./window-rows.ts";

/** Vectors of outputs for each number of pixels: a few sums of products at a time that fit the registers of every target. */
const vectorsFor = [4, 4, 2, 2, 2, 2] as const;

/** Convolutions that give a few pixels a plane, as after global pooling and at the end of a network. */
export const thinConvSchedule: Schedule = {
  name: "thin-conv",
  ops: ["conv"],
  epilogue: true,
  plan(step, target) {
    const [x, w] = step.operands as readonly [TensorFacts, TensorFacts];
    const shape = convShape(x.shape, w.shape, step.attributes);
    if (typeof shape === "string") return shape;
    const { batch, group, outputs, depth, pixels, area } = shape;
    const nv = vectorsFor[pixels - 1];
    if (nv === undefined || pixels > (target.lanes ?? 4) + 2) return `${pixels} pixels a plane are too many`;
    if (shape.output[0] > 1 || depth > mostTaps) return "its windows are not gathered plane by plane";
    if (outputs < 2 * pixels) return `${outputs} outputs are too few`;
    const planned = planFinish(step, { bias: 2 });
    if (typeof planned === "string") return planned;
    const { finish, words, key } = planned;
    const [from, to] = [storageOf(x.dtype), storageOf(finish.dtype)];
    if (from === undefined || to === undefined) return `${x.dtype} has no kernels`;
    const weights = placePanels(w, 1, convRows(shape, thinPanel));
    const walk = walkOf(shape);
    const layout = rowLayout(shape, shape.output[1]);
    const apart = rowElements(shape, layout);
    const elements = shape.channels * apart;
    if (walk !== "point" && elements > mostRowElements)
      return `padded rows of ${elements} elements are too many for a cache`;
    const room = walk === "point" ? 0 : roomForRows(elements);
    const options = { pixels, nv, x: from, y: to, finish, room, walk } as const;
    const perGroup = Math.ceil(outputs / thinPanel);
    return {
      launches: [
        ...weights.launches,
        {
          kernel: use(thinConv, options, `${pixels}x${nv} ${from} ${to} ${room} ${walk} ${key}`),
          words: {
            ...windowWords(shape),
            ...words,
            ...layout,
            blocks: 1,
            apart,
            x: operand(0),
            w: weights.place,
            y: result(),
            depth,
            group,
            outputs,
            perGroup,
          },
          items: batch * group * perGroup,
          flops: 2 * batch * group * outputs * pixels * depth,
          bytes: 4 * (batch * group * (shape.channels * area + outputs * pixels) + group * outputs * depth),
        },
      ],
      temporaries: weights.temporaries,
      packed: weights.packed,
    };
  },
};
