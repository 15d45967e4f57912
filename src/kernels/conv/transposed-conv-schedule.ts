import type { Target } from "../../ir/target.ts";
import type { Storage } from "../../ir/type.ts";
import type { ConvTransposeAttributes, Phase, TransposedAxis } from "../../ops/transposed-window.ts";
import { allPhases, transposedAxes } from "../../ops/transposed-window.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launch, Launches, Packed, Place, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, result, temporary, use } from "../schedule.ts";
import type { PlannedFinish } from "./finish.ts";
import { noFinish, planFinish } from "./finish.ts";
import type { ConvShape, Three } from "./geometry.ts";
import { product } from "./geometry.ts";
import { interleaveRows } from "./interleave-rows.ts";
import type { WeightRows } from "./pack-weights.ts";
import { placePanels } from "./pack-weights.ts";
import { planProduct } from "./plan-product.ts";

/** Result elements with the same remainder of the strides: a convolution of its own. */
interface PhaseShape {
  readonly output: Three;
  readonly kernel: Three;
  readonly dilations: Three;
  readonly begins: Three;
  /** Where the first tap lies in the kernel, and how far it is to the next one, in elements. */
  readonly firstTap: number;
  readonly tapStrides: Three;
}

/** Phases that differ in their weights alone, so that one convolution makes the outputs of all of them. */
interface PhaseGroup {
  readonly phases: readonly { readonly shape: PhaseShape; readonly index: number }[];
}

/** A phase is a convolution to plan; an inverse Fourier transform written so has as many as its hop is long. */
const maxPhases = 256;

/** Transposed convolutions: one convolution for each phase, whose results are then interleaved. */
export const transposedConvSchedule: Schedule = {
  name: "transposed-conv",
  ops: ["convTranspose"],
  epilogue: true,
  plan(step, target) {
    const [x, w] = step.operands as readonly [TensorFacts, TensorFacts];
    const storage = storageOf(x.dtype);
    if (storage === undefined) return `${x.dtype} has no kernels`;
    if (x.shape.length > 5) return `${x.shape.length - 2} spatial axes have no kernels`;
    const finish = planFinish(step, { bias: 2 });
    if (typeof finish === "string") return finish;
    const attributes = step.attributes as ConvTransposeAttributes;
    const axes = transposedAxes(x.shape, w.shape, attributes);
    if (axes.some(({ output }) => output === 0)) return { launches: [] };
    const phases = product(attributes.strides ?? []);
    if (phases > maxPhases) return `strides of ${phases} places in all: up to ${maxPhases} have kernels`;
    return planPhases(step, { axes, storage, finish, target, group: attributes.group ?? 1 });
  },
};

interface Context {
  readonly axes: readonly TransposedAxis[];
  readonly storage: Storage;
  readonly finish: PlannedFinish;
  readonly target: Target;
  readonly group: number;
}

function planPhases(step: StepFacts, context: Context): Launches {
  const { axes, storage, finish, target, group } = context;
  const [x, w] = step.operands as readonly [TensorFacts, TensorFacts];
  const outputs = w.shape[1] as number;
  const phases = allPhases(axes).map((list) => phaseShape(axes, list));
  const groups = groupPhases(phases);
  const isOne = phases.length === 1;
  const launches: Launch[] = [];
  const temporaries: number[] = [];
  const packed: Packed[] = [];
  const sources: Source[] = [];
  groups.forEach((each, slot) => {
    const shape = convOf(x, each, { axes, group, outputs });
    const options = { x: storage, y: isOne ? storage : ("f32" as const), finish: isOne ? finish : noFinish };
    const gather = planProduct(shape, target, options);
    const weights = placePanels(w, 1, rowsOf(w, each, { shape, outputs, width: gather.mr }), slot);
    packed.push(...weights.packed);
    const place = weights.packed.length > 0 ? weights.place : temporary(temporaries.length);
    launches.push(...weights.launches.map((launch) => ({ ...launch, words: { ...launch.words, panels: place } })));
    temporaries.push(...weights.temporaries);
    const y = isOne ? result() : temporary(temporaries.length);
    if (!isOne) temporaries.push(4 * shape.batch * group * shape.outputs * shape.pixels);
    launches.push(gather.launch({ x: operand(0), w: place, y }));
    each.phases.forEach(({ shape: phase, index }, part) => {
      sources[index] = { place: { ...y, bytes: 4 * part * outputs * shape.pixels }, shape: phase, rows: shape.outputs };
    });
  });
  if (!isOne) launches.push(...interleave(step, sources, { ...context, outputs }));
  return { launches, temporaries, packed };
}

function phaseShape(axes: readonly TransposedAxis[], phases: readonly Phase[]): PhaseShape {
  const steps = axes.map((_, axis) => product(axes.slice(axis + 1).map(({ kernel }) => kernel)));
  const along = phases.map(({ outputs, inputs, taps, lags }, axis) => {
    const last = taps.length - 1;
    const [tap, lag] = [taps[last] ?? 0, lags[last] ?? 0];
    const before = axes[axis]?.before as number;
    return {
      output: outputs.length,
      kernel: taps.length,
      dilation: last > 0 ? (lags[last - 1] as number) - lag : 1,
      begin: before - (inputs[0] as number) - lag,
      tap: tap * (steps[axis] as number),
      tapStride: last > 0 ? ((taps[last - 1] as number) - tap) * (steps[axis] as number) : 0,
    };
  });
  type Along = (typeof along)[number];
  const three = (field: keyof Along, filler: number): Three =>
    [...new Array<number>(3 - along.length).fill(filler), ...along.map((each) => each[field])] as unknown as Three;
  return {
    output: three("output", 1),
    kernel: three("kernel", 1),
    dilations: three("dilation", 1),
    begins: three("begin", 0),
    firstTap: along.reduce((sum, { tap }) => sum + tap, 0),
    tapStrides: three("tapStride", 0),
  };
}

function groupPhases(phases: readonly PhaseShape[]): PhaseGroup[] {
  const groups = new Map<string, { shape: PhaseShape; index: number }[]>();
  phases.forEach((shape, index) => {
    const { firstTap: _, ...geometry } = shape;
    const key = JSON.stringify(geometry);
    const group = groups.get(key) ?? [];
    group.push({ shape, index });
    groups.set(key, group);
  });
  return [...groups.values()].map((list) => ({ phases: list }));
}

function convOf(
  x: TensorFacts,
  { phases }: PhaseGroup,
  { axes, group, outputs }: { axes: readonly TransposedAxis[]; group: number; outputs: number },
): ConvShape {
  const { output, kernel, dilations, begins } = (phases[0] as PhaseGroup["phases"][number]).shape;
  const inputs = axes.map(({ input }) => input);
  const input = [...new Array<number>(3 - inputs.length).fill(1), ...inputs] as unknown as Three;
  const channels = (x.shape[1] as number) / group;
  return {
    batch: x.shape[0] as number,
    group,
    channels,
    outputs: phases.length * outputs,
    depth: channels * product(kernel),
    area: product(input),
    pixels: product(output),
    input,
    kernel,
    output,
    strides: [1, 1, 1],
    dilations,
    begins,
  };
}

/** The rows of w [channels, outputs / group, ...kernel] for the phases of a group, one part a phase. */
function rowsOf(
  w: TensorFacts,
  { phases }: PhaseGroup,
  { shape, outputs, width }: { shape: ConvShape; outputs: number; width: number },
): WeightRows {
  const taps = product(w.shape.slice(2));
  const { kernel, tapStrides } = (phases[0] as PhaseGroup["phases"][number]).shape;
  return {
    blocks: shape.group,
    parts: phases.map((phase) => phase.shape.firstTap),
    rows: outputs,
    blockStride: shape.channels * outputs * taps,
    rowStride: taps,
    extents: [shape.channels, ...kernel],
    strides: [outputs * taps, ...tapStrides],
    width,
  };
}

/** The results of one phase. */
interface Source {
  readonly place: Place;
  readonly shape: PhaseShape;
  /** Outputs of a group in the planes that it lies among. */
  readonly rows: number;
}

/** One launch for the phases that share rows of the result. */
function interleave(
  step: StepFacts,
  sources: readonly Source[],
  { axes, storage, finish, group, outputs }: Context & { readonly outputs: number },
): Launch[] {
  const counts = axes.map(({ stride, output }) => Math.min(stride, output));
  const columns = counts.at(-1) as number;
  const three = [...new Array<number>(3 - axes.length).fill(1), ...axes.map(({ output }) => output)];
  const [depth, height, width] = three as unknown as Three;
  const [rowsHigh, rowsDeep] = [counts.at(-2) ?? 1, counts.at(-3) ?? 1];
  const [x] = step.operands as readonly [TensorFacts];
  const planes = (x.shape[0] as number) * group * outputs;
  return Array.from({ length: rowsDeep * rowsHigh }, (_, r): Launch => {
    const row = sources.slice(r * columns, (r + 1) * columns);
    const [od, oh] = (row[0] as Source).shape.output;
    const words: Record<string, number | Place> = {
      ...finish.words,
      y: result(),
      outputs,
      channels: group * outputs,
      depth: od,
      height: oh,
      width,
      planePitch: depth * height * width,
      depthPitch: rowsDeep * height * width,
      rowPitch: rowsHigh * width,
      first: (Math.floor(r / rowsHigh) * height + (r % rowsHigh)) * width,
    };
    row.forEach(({ place, shape, rows }, i) => {
      words[`x${i}`] = place;
      words[`count${i}`] = shape.output[2];
      words[`rows${i}`] = rows;
    });
    return {
      kernel: use(
        interleaveRows,
        { columns, y: storage, finish: finish.finish },
        `${columns} ${storage} ${finish.key}`,
      ),
      words,
      items: planes * od * oh,
      flops: 0,
      bytes: 8 * planes * od * oh * width,
    };
  });
}
