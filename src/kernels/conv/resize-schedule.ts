import type { Storage } from "../../ir/type.ts";
import type { ResizeAttributes } from "../../ops/resize.ts";
import { resizedAxes } from "../../ops/resize.ts";
import type { AxisSamples } from "../../ops/resize-axis.ts";
import { isIdentity, sampleAxis } from "../../ops/resize-axis.ts";
import { isFloat } from "../../tensor/dtype.ts";
import { numbers } from "../../tensor/numbers.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launch, Launches, Packed, Place, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, packed, result, temporary, use } from "../schedule.ts";
import { product } from "./geometry.ts";
import { mixColumns, mixRows } from "./mix-rows.ts";

/** Elements of the result that one item should have. */
const itemElements = 4096;

/** Resizes along one axis after another, the last one first, by tables of indexes and weights. */
export const resizeSchedule: Schedule = {
  name: "resize",
  ops: ["resize"],
  plan(step) {
    const [x, scales, sizes, region] = step.operands as readonly [TensorFacts, ...(TensorFacts | undefined)[]];
    const [y] = step.results as readonly [TensorFacts | undefined];
    const attributes = step.attributes as unknown as ResizeAttributes;
    if (y === undefined) return "nobody uses the result";
    const source = (scales ?? sizes)?.constant;
    if (source === undefined || (region && !region.constant)) return "the sizes are known only at run time";
    if (attributes.mode !== "nearest" && !isFloat(x.dtype)) return `${x.dtype} is not interpolated by kernels`;
    const storage = storageOf(x.dtype);
    if (storage === undefined) return `${x.dtype} has no kernels`;
    const given = { scales: scales?.constant, sizes: sizes?.constant, region: region?.constant };
    const passes: Pass[] = [];
    let shape = x.shape;
    const axes = resizedAxes(x.shape, given, attributes);
    for (let at = axes.length - 1; at >= 0; at--) {
      const axis = axes[at] as (typeof axes)[number];
      if (isIdentity(axis)) continue;
      const samples = sampleAxis(axis, attributes);
      if (samples.outside.includes(1)) return "elements outside the input have no kernels";
      const [outer, inner] = [product(shape.slice(0, at)), product(shape.slice(at + 1))];
      passes.push({ outer, input: axis.input, output: axis.output, inner, samples });
      shape = shape.map((size, d) => (d === at ? axis.output : size));
    }
    return planPasses(step, passes.length > 0 ? passes : [wholeCopy(product(x.shape))], { storage, source });
  },
};

/** x [outer, input, inner] to [outer, output, inner]. */
interface Pass {
  readonly outer: number;
  readonly input: number;
  readonly output: number;
  readonly inner: number;
  readonly samples: AxisSamples;
}

/** One row that stays as it is. */
function wholeCopy(elements: number): Pass {
  const samples = {
    count: 1,
    indices: Int32Array.of(0),
    weights: Float64Array.of(1),
    outside: new Uint8Array(1),
  };
  return { outer: 1, input: 1, output: 1, inner: elements, samples };
}

interface Context {
  readonly storage: Storage;
  /** The constant that the tables come from, together with the shapes. */
  readonly source: Tensor;
}

function planPasses(step: StepFacts, passes: readonly Pass[], { storage, source }: Context): Launches {
  const temporaries: number[] = [];
  const launches = passes.map((pass, i): Launch => {
    const isLast = i === passes.length - 1;
    const elements = pass.outer * pass.output * pass.inner;
    if (!isLast) temporaries.push(4 * elements);
    const from = i === 0 ? operand(0) : temporary(i - 1);
    const storages = {
      x: i === 0 ? storage : between(storage),
      y: isLast ? storage : between(storage),
    };
    const table = 4 * pass.samples.count * pass.output;
    const words = { x: from, y: isLast ? result() : temporary(i), indexes: packed(i), weights: packed(i, table) };
    return launchOf(pass, { words, ...storages });
  });
  const region = step.operands[3]?.constant;
  const key = `${JSON.stringify(step.attributes)} ${(step.operands[0] as TensorFacts).shape} ${region ? numbers(region) : ""}`;
  return { launches, temporaries, packed: passes.map((pass, i) => packTable(pass, source, `resize ${key} ${i}`)) };
}

/** How elements are kept between passes. */
const between = (storage: Storage): Storage => (storage === "f16" || storage === "bf16" ? "f32" : storage);

function launchOf(
  { outer, input, output, inner, samples }: Pass,
  { words, x, y }: { readonly words: Readonly<Record<string, Place>>; readonly x: Storage; readonly y: Storage },
): Launch {
  const taps = samples.count;
  const elements = outer * output * inner;
  const costs = { flops: 2 * taps * elements, bytes: 4 * (outer * input * inner + elements) };
  if (inner > 1 || input === 1) {
    const kernel = use(mixRows, { x, y, taps });
    return { kernel, words: { ...words, input, output, inner }, items: inner === 0 ? 0 : outer * output, ...costs };
  }
  const repeat = repeatOf(samples, { input, output });
  const block = Math.max(1, Math.floor(itemElements / Math.max(1, output)));
  return {
    kernel: use(mixColumns, { x, y, taps, repeat }),
    words: { ...words, input, output, rows: outer, block },
    items: output === 0 ? 0 : Math.ceil(outer / block),
    ...costs,
  };
}

/** The power of two, at most 8, by which each element is repeated; 0 where that is not what happens. */
function repeatOf({ count, indices }: AxisSamples, { input, output }: { input: number; output: number }): number {
  const repeat = output / input;
  if (count !== 1 || ![2, 4, 8].includes(repeat)) return 0;
  return indices.every((index, o) => index === Math.floor(o / repeat)) ? repeat : 0;
}

/** Indexes [taps][output] as i32, then weights of the same shape as f32. */
function packTable({ output, samples }: Pass, source: Tensor, key: string): Packed {
  const { count, indices, weights } = samples;
  return {
    source,
    key,
    bytes: 8 * count * output,
    write(target) {
      const to = new DataView(target.buffer, target.byteOffset, target.byteLength);
      for (let o = 0; o < output; o++) {
        for (let t = 0; t < count; t++) {
          const at = 4 * (t * output + o);
          to.setInt32(at, indices[o * count + t] as number, true);
          to.setFloat32(4 * count * output + at, weights[o * count + t] as number, true);
        }
      }
    },
  };
}
