import { resolveAxis } from "../../ops/axis.ts";
import { axisLines } from "../../ops/axis-lines.ts";
import type { ScatterReduction } from "../../ops/scatter-into.ts";
import { cacheMisfit } from "../../ops/tensor-scatter.ts";
import { rowMajorStrides } from "../../tensor/shape.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { copyLaunch } from "../movement/copy-launch.ts";
import { bodyOf, elementLoops } from "../movement/copy-plan.ts";
import { elementBytes } from "../movement/element-bytes.ts";
import type { Launch, Launches, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { clearAfter } from "./clear-after.ts";
import { indexForm } from "./index-facts.ts";
import type { IndexedRows } from "./index-launch.ts";
import { indexLaunches } from "./index-launch.ts";

/** A step that puts entries of its updates into a copy of x. */
interface Scattering {
  readonly step: StepFacts;
  readonly x: TensorFacts;
  readonly indices: TensorFacts;
  /** Bytes of an element. */
  readonly width: number;
}

type Rows = Pick<IndexedRows, "body" | "loops" | "limits" | "strides">;

function scatteringSchedule(op: string, rowsOf: (scattering: Scattering) => Rows): Schedule {
  return {
    name: op,
    ops: [op],
    plan(step): Launches | string {
      const [[x, indices, updates], [y]] = [step.operands, step.results];
      if (x === undefined || indices === undefined || updates === undefined || y === undefined)
        return "nobody uses the result";
      const { reduction = "none" } = step.attributes as { readonly reduction?: ScatterReduction };
      if (reduction !== "none" && x.dtype !== "f32") return `updates of ${x.dtype} that are combined have no kernels`;
      const combine = reduction === "none" ? undefined : reduction;
      const width = elementBytes(x.dtype);
      if (typeof width === "string") return width;
      const dense = [elementCount(x.shape)];
      const whole = copyLaunch({ shape: dense, from: [1], to: [1], width, source: operand(0), target: result() });
      if (elementCount(updates.shape) === 0)
        return elementCount(indices.shape) === 0 ? { launches: whole } : "no updates for its indices";
      const rows = rowsOf({ step, x, indices, width });
      const form = indexForm(indices, rows.limits);
      if (typeof form === "string") return form;
      const places = { source: operand(2), target: result(), indices: operand(1) };
      return indexLaunches({ ...rows, ...places, form, side: "to", per: "both", inOrder: true, combine }, whole);
    },
  };
}

const scatterNdSchedule = scatteringSchedule("scatterNd", ({ x, indices, width }) => {
  const depth = indices.shape.at(-1) as number;
  const run = elementCount(x.shape.slice(depth)) * width;
  const strides = rowMajorStrides(x.shape).slice(0, depth);
  return {
    body: bodyOf(run),
    loops: [{ count: elementCount(indices.shape.slice(0, -1)), from: run, to: 0 }],
    limits: x.shape.slice(0, depth),
    strides: strides.map((stride) => stride * width),
  };
});

const scatterElementsSchedule = scatteringSchedule("scatterElements", ({ step, x, indices, width }) => {
  const axis = resolveAxis((step.attributes as { readonly axis: number }).axis, x.shape.length);
  const strides = rowMajorStrides(x.shape);
  const own = { shape: indices.shape, from: rowMajorStrides(indices.shape), to: strides.with(axis, 0), width };
  return {
    body: bodyOf(width),
    loops: elementLoops(own),
    limits: [x.shape[axis] as number],
    strides: [(strides[axis] as number) * width],
  };
});

interface Lines {
  readonly batch: number;
  readonly outer: number;
  readonly length: number;
  /** Bytes of an entry. */
  readonly entry: number;
}

/** Zeros from the end of each batch entry on; or why kernels write none. */
function clearLaunch({ dtype }: TensorFacts, { batch, outer, length, entry }: Lines): Launch[] | string {
  if (dtype !== "i64" && dtype !== "i32") return `ends of ${dtype} have no kernels`;
  if (entry % 4 !== 0) return "its entries are no whole words";
  const words = { ends: operand(3), y: result(), lines: outer / batch, length, words: entry / 4 };
  const kernel = use(clearAfter, { wide: dtype === "i64" });
  return [{ kernel, words, items: outer, flops: 0, bytes: (outer * length * entry) / 2 }];
}

/** Caches: a run of entries for each batch entry, from a start on. */
const tensorScatterSchedule: Schedule = {
  name: "tensorScatter",
  ops: ["tensorScatter"],
  plan(step): Launches | string {
    const [[cache, update, starts, ends], [y]] = [step.operands, step.results];
    if (cache === undefined || update === undefined || y === undefined) return "nobody uses the result";
    const { axis, circular = false } = step.attributes as { readonly axis: number; readonly circular?: boolean };
    if (circular) return "caches that go round have no kernels";
    const width = elementBytes(cache.dtype);
    if (typeof width === "string") return width;
    const at = resolveAxis(axis, cache.shape.length);
    const misfit = cacheMisfit(step.operands, at);
    if (misfit !== undefined) return misfit;
    const batch = cache.shape[0] as number;
    const { outer, length, inner } = axisLines(cache.shape, at);
    const count = update.shape[at] as number;
    const dense = { shape: [elementCount(cache.shape)], from: [1], to: [1], width };
    const whole = copyLaunch({ ...dense, source: operand(0), target: result(), maybeSame: true });
    const run = count * inner * width;
    const entry = inner * width;
    const cleared = ends === undefined ? [] : clearLaunch(ends, { batch, outer, length, entry });
    if (typeof cleared === "string") return cleared;
    if (run * outer === 0) return starts ? "it is empty: eval checks the starts" : { launches: whole, inPlace: [0] };
    const each = { count: outer / batch, from: run, to: length * entry };
    const turns = { count: batch, from: each.count * run, to: each.count * length * entry };
    const places = { source: operand(1), target: result(), indices: operand(2), limits: [length - count + 1] };
    const rows = { body: bodyOf(run), loops: [turns, each], strides: [entry], ...places };
    if (starts === undefined) {
      const shape = [outer, count * inner];
      const block = { shape, from: [count * inner, 1], to: [length * inner, 1], width };
      const added = copyLaunch({ ...block, source: operand(1), target: result() });
      return { launches: [...whole, ...added, ...cleared], inPlace: [0] };
    }
    const form = indexForm(starts, rows.limits);
    if (typeof form === "string") return form;
    const made = indexLaunches({ ...rows, form: { ...form, fromEnd: false }, side: "to", per: "turn" }, whole);
    return { ...made, launches: [...made.launches, ...cleared], inPlace: [0] };
  },
};

export const scatterSchedules: readonly Schedule[] = [
  scatterNdSchedule,
  scatterElementsSchedule,
  tensorScatterSchedule,
];
