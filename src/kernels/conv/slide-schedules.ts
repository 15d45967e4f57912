import type { Target } from "../../ir/target.ts";
import type { AveragePoolAttributes } from "../../ops/average-pool.ts";
import type { LpPoolAttributes } from "../../ops/lp-pool.ts";
import type { PoolAttributes } from "../../ops/pool.ts";
import { settleWindow } from "../../ops/window.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launches, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { knownStride } from "./copy-row.ts";
import { countWords } from "./count-elements.ts";
import type { PlannedFinish } from "./finish.ts";
import { planFinish } from "./finish.ts";
import { windowWords } from "./gather-windows.ts";
import type { Three, WindowShape } from "./geometry.ts";
import { convShape, product, windowShape } from "./geometry.ts";
import { roomForRows } from "./room-for.ts";
import type { SlideGroup } from "./slide-window.ts";
import { slideWindow } from "./slide-window.ts";
import { mostTaps } from "./tap-offsets.ts";
import { rowElements, rowLayout } from "./window-rows.ts";
import type { WindowStep } from "./window-step.ts";
import { mean, norm, weighted } from "./window-step.ts";

/** Elements of padded rows that an item should hold, so that they stay in the first cache. */
const roomWanted = 6144;
/** Outputs that see the same channel, at most: with more of them a product of matrices is faster. */
const mostOutputs = 4;

/** Convolutions in which each output sees one channel. */
export const depthwiseConvSchedule: Schedule = {
  name: "depthwise-conv",
  ops: ["conv"],
  epilogue: true,
  plan(step, target) {
    const [x, w] = step.operands as readonly [TensorFacts, TensorFacts];
    const shape = convShape(x.shape, w.shape, step.attributes);
    if (typeof shape === "string") return shape;
    if (shape.channels !== 1 || shape.outputs > mostOutputs) {
      return `groups of ${shape.channels} channels and ${shape.outputs} outputs are not depthwise`;
    }
    const finish = planFinish(step, { bias: 2 });
    if (typeof finish === "string") return finish;
    const storage = storageOf(w.dtype);
    if (storage === undefined) return `${w.dtype} has no kernels`;
    return planSlide(step, shape, {
      planes: shape.batch * shape.group * shape.outputs,
      multiplier: shape.outputs,
      outputs: shape.group * shape.outputs,
      reduction: weighted(storage),
      finish,
      words: { w: operand(1), taps: shape.depth },
      target,
    });
  },
};

/** Pooling by sums. */
export const poolSchedule: Schedule = {
  name: "pool",
  ops: ["averagePool", "lpPool"],
  epilogue: true,
  plan(step, target) {
    const [x] = step.operands as readonly [TensorFacts];
    const attributes = step.attributes as unknown as PoolAttributes;
    const settled = settleWindow(x.shape.slice(2), attributes.kernel, attributes);
    const window = windowShape(settled);
    if (window === undefined) return `${x.shape.length - 2} spatial axes have no kernels`;
    const finish = planFinish(step);
    if (typeof finish === "string") return finish;
    const counted = countedIn(window, settled.ends, step);
    const planes = (x.shape[0] as number) * (x.shape[1] as number);
    return planSlide(step, window, {
      planes,
      multiplier: 1,
      outputs: x.shape[1] as number,
      reduction: reductionOf(step, counted),
      finish,
      words: {},
      target,
      counted,
    });
  },
};

interface Slide {
  readonly planes: number;
  readonly multiplier: number;
  readonly outputs: number;
  readonly reduction: WindowStep;
  readonly finish: PlannedFinish;
  readonly words: Launches["launches"][number]["words"];
  readonly target: Target;
  readonly counted?: Counted;
}

function planSlide(step: StepFacts, window: WindowShape, slide: Slide): Launches | string {
  const [x] = step.operands as readonly [TensorFacts];
  const [y] = step.results as readonly [TensorFacts | undefined];
  if (y === undefined) return "nobody uses the result";
  const [from, to] = [storageOf(x.dtype), storageOf(y.dtype)];
  if (from === undefined || to === undefined) return `${x.dtype} has no kernels`;
  const { planes, multiplier, outputs, reduction, finish, words, counted } = slide;
  const { output, kernel, strides } = window;
  if (product(kernel) > mostTaps) return `a window of ${product(kernel)} elements has no kernels`;
  const group = groupFor(window, slide.target);
  const layout = rowLayout(window, rowsOfItem(window, group.rows));
  const elements = rowElements(window, layout);
  const options = {
    x: from,
    y: to,
    step: reduction,
    finish: finish.finish,
    room: roomForRows(elements),
    stride: knownStride(strides[2]),
    group,
  };
  const blocks = Math.max(1, Math.ceil(output[1] / layout.block));
  const [pixels, area] = [product(output), product(window.input)];
  const { least, end, uniform } = counted ?? { least: [0, 0, 0] as Three, end: [0, 0, 0] as Three, uniform: 1 };
  const shape = `${from} ${to} ${options.room} ${options.stride} ${group.rows}x${group.vectors}`;
  return {
    launches: [
      {
        kernel: use(slideWindow, options, `${reduction.key} ${shape} ${finish.key}`),
        words: {
          ...windowWords({ ...window, channels: 1, area }),
          ...countWords(least, end),
          ...words,
          ...finish.words,
          ...layout,
          x: operand(0),
          y: result(),
          blocks,
          multiplier,
          outputs,
          count: uniform ?? 0,
        },
        items: pixels === 0 ? 0 : planes * output[0] * blocks,
        flops: 2 * planes * pixels * product(kernel),
        bytes: 4 * planes * (pixels + area / multiplier),
      },
    ],
  };
}

/** Output rows of an item: a multiple of those of a group. */
function rowsOfItem(window: WindowShape, group: number): number {
  const { output, kernel, strides } = window;
  const one = rowLayout(window, 1);
  const fitting = 1 + Math.floor((roomWanted / (strides[2] * one.phase * kernel[0]) - one.rows) / strides[1]);
  return group * Math.ceil(Math.min(output[1], Math.max(fitting, 4)) / group);
}

const [broad, tall] = [
  { rows: 2, vectors: 4 },
  { rows: 4, vectors: 2 },
] as const;
const single: readonly SlideGroup[] = [
  { rows: 1, vectors: 8 },
  { rows: 8, vectors: 1 },
];

/** Groups of results, those first that serve most planes. Each of fewer than eight sums would wait for its last product. */
const groups: readonly SlideGroup[] = [broad, tall, ...single];
/** The same where vectors are wide, so that a row has few of them. */
const groupsOfWide: readonly SlideGroup[] = [tall, broad, ...single];

/** The group that wastes least, but for a fifth: kernels are few then. */
function groupFor({ output }: WindowShape, { lanes = 4 }: Target): SlideGroup {
  const wide = Math.ceil(output[2] / lanes);
  const cost = ({ rows, vectors }: SlideGroup): number => Math.ceil(output[1] / rows) * Math.ceil(wide / vectors);
  const least = Math.min(...groups.map(cost));
  return (lanes > 4 ? groupsOfWide : groups).find((group) => cost(group) <= 1.2 * least) as SlideGroup;
}

function reductionOf({ op, attributes }: StepFacts, { uniform }: Counted): WindowStep {
  if (op === "lpPool") return norm((attributes as unknown as LpPoolAttributes).p);
  return mean(uniform === undefined);
}

/** The elements that count in an average, along each axis, and how many those are in a window where that is the same for all. */
interface Counted {
  readonly least: Three;
  readonly end: Three;
  readonly uniform: number | undefined;
}

function countedIn(window: WindowShape, ends: readonly number[], { attributes }: StepFacts): Counted {
  const { input, begins } = window;
  const { countIncludePad = false } = attributes as unknown as AveragePoolAttributes;
  if (!countIncludePad) return { least: [0, 0, 0], end: input, uniform: uniformCount(window, [0, 0, 0], input) };
  const behind = [...new Array<number>(3 - ends.length).fill(0), ...ends];
  const least = begins.map((begin) => 0 - begin) as unknown as Three;
  const end = input.map((size, axis) => size + (behind[axis] as number)) as unknown as Three;
  return { least, end, uniform: uniformCount(window, least, end) };
}

function uniformCount({ kernel, output, strides, dilations, begins }: WindowShape, least: Three, end: Three) {
  const isInside = output.every((places, axis) => {
    const first = 0 - (begins[axis] as number);
    const last =
      first + (places - 1) * (strides[axis] as number) + ((kernel[axis] as number) - 1) * (dilations[axis] as number);
    return first >= (least[axis] as number) && last < (end[axis] as number);
  });
  return isInside ? product(kernel) : undefined;
}
