import type { Storage } from "../../ir/type.ts";
import { resolveAxes } from "../../ops/axis.ts";
import type { ReduceAttributes } from "../../ops/reduction.ts";
import { bytesFor, isFloat } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launch, Launches, Place, Schedule, TensorFacts } from "../schedule.ts";
import { operand, result, temporary, use } from "../schedule.ts";
import { reduceColumns } from "./reduce-columns.ts";
import { reduceRows } from "./reduce-rows.ts";
import type { ReductionName } from "./reductions.ts";

const reductionOf: Readonly<Record<string, ReductionName>> = {
  reduceMax: "max",
  reduceMean: "mean",
  reduceMin: "min",
  reduceProd: "prod",
  reduceSum: "sum",
};

/** Elements of one block where the reduced axis is not the last one. */
const block = 256;

/** Neighbouring dims that are all kept or all reduced, as one. */
interface Group {
  extent: number;
  readonly reduced: boolean;
}

function groupsOf(shape: readonly number[], axes: readonly number[]): Group[] {
  const groups: Group[] = [];
  shape.forEach((extent, axis) => {
    if (extent === 1) return;
    const reduced = axes.includes(axis);
    const last = groups.at(-1);
    if (last?.reduced === reduced) last.extent *= extent;
    else groups.push({ extent, reduced });
  });
  return groups;
}

/** Reductions over any axes: the last group of reduced axes first, then the one before it over what came out. */
export const reduceSchedule: Schedule = {
  name: "reduce",
  ops: Object.keys(reductionOf),
  plan({ op, attributes, operands: [x], results: [y] }) {
    const { shape, dtype } = x as TensorFacts;
    const storage = storageOf(dtype);
    if (storage === undefined || !isFloat(dtype)) return `${dtype} has no reduction kernels`;
    if (y === undefined) return "nobody uses the result";
    if (elementCount(shape) === 0) return "it reduces no elements";
    const { axes } = attributes as ReduceAttributes;
    const groups = groupsOf(shape, axes === undefined ? shape.map((_, i) => i) : resolveAxes(axes, shape.length));
    if (!groups.some(({ reduced }) => reduced)) groups.push({ extent: 1, reduced: true });
    return launchesOf(reductionOf[op] as ReductionName, groups, storage);
  },
};

function launchesOf(reduction: ReductionName, groups: Group[], storage: Storage): Launches {
  const launches: Launch[] = [];
  const temporaries: number[] = [];
  let [from, stored]: [Place, Storage] = [operand(0), storage];
  while (groups.some(({ reduced }) => reduced)) {
    const at = groups.findLastIndex(({ reduced }) => reduced);
    const product = (list: readonly Group[]): number => list.reduce((sum, { extent }) => sum * extent, 1);
    const [outer, count, n] = [product(groups.slice(0, at)), groups[at]?.extent ?? 1, product(groups.slice(at + 1))];
    groups.splice(at, 1);
    const isLast = !groups.some(({ reduced }) => reduced);
    const to = isLast ? result() : temporary(temporaries.push(4 * outer * n) - 1);
    const options = { reduction, storage: stored, result: isLast ? storage : ("f32" as const) };
    launches.push(launchOf(options, { from, to, outer, count, n }));
    [from, stored] = [to, "f32"];
  }
  return { launches, temporaries };
}

interface Shape {
  readonly from: Place;
  readonly to: Place;
  readonly outer: number;
  readonly count: number;
  readonly n: number;
}

function launchOf(
  options: { readonly reduction: ReductionName; readonly storage: Storage; readonly result: Storage },
  { from, to, outer, count, n }: Shape,
): Launch {
  const work = { flops: outer * count * n, bytes: bytesFor("f32", outer * count * n) };
  if (n === 1) {
    return {
      kernel: use(reduceRows, options),
      words: { x: from, xPitch: count, y: to, n: count },
      items: outer,
      ...work,
    };
  }
  const blocks = Math.ceil(n / block);
  return {
    kernel: use(reduceColumns, options),
    words: { x: from, xStride0: count * n, xStride1: n, y: to, yStride0: n, count, n, blocks, block },
    items: outer * blocks,
    ...work,
  };
}
