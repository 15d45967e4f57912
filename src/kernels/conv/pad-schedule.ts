import type { Storage } from "../../ir/type.ts";
import { widthOf } from "../../ir/type.ts";
import { resolveAxes } from "../../ops/axis.ts";
import type { PadMode, Span } from "../../ops/pad.ts";
import { sourceIndices } from "../../ops/pad.ts";
import { numbers } from "../../tensor/numbers.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import { copyLaunch, wholeCopy } from "../movement/copy-launch.ts";
import { elementBytes } from "../movement/element-bytes.ts";
import type { Launch, Launches, Packed, Place, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, packed, result, temporary, use } from "../schedule.ts";
import { extendColumns, extendRows } from "./extend-axis.ts";
import { product } from "./geometry.ts";

/** Elements of the result that one item should have. */
const itemElements = 4096;

/** Padding by known counts, along one axis after another, the last one first. */
export const padSchedule: Schedule = {
  name: "pad",
  ops: ["pad"],
  plan(step) {
    const [x, pads, value, axes] = step.operands as readonly [TensorFacts, ...(TensorFacts | undefined)[]];
    const [y] = step.results as readonly [TensorFacts | undefined];
    if (y === undefined) return "nobody uses the result";
    const storage = storageOf(x.dtype);
    if (storage === undefined) return `${x.dtype} has no kernels`;
    if (pads?.constant === undefined || (axes && !axes.constant)) return "the counts are known only at run time";
    const { mode } = step.attributes as { readonly mode: PadMode };
    const spans = spansOf(x.shape, pads.constant, axes?.constant);
    if (product(y.shape) === 0) return { launches: [] };
    if (spans.every(({ before, after }) => before === 0 && after === 0)) return wholeCopy(x);
    if (product(x.shape) === 0)
      return mode === "constant" ? onlyValue(y, value, pads.constant) : "there are no elements to move";
    return planPasses(step, passesOf(x.shape, spans, mode), { storage, source: pads.constant, value });
  },
};

/** The value alone, where there is one; zeros are moved from packed ones. */
function onlyValue(y: TensorFacts, value: TensorFacts | undefined, pads: Tensor): Launches | string {
  const width = elementBytes(y.dtype);
  if (typeof width === "string") return width;
  const fill = { shape: [product(y.shape)], from: [0], to: [1], width, target: result() };
  if (value) return { launches: copyLaunch({ ...fill, source: operand(2) }) };
  const zero: Packed = { source: pads, key: `zero of ${width} bytes`, bytes: width, write: () => {} };
  return { launches: copyLaunch({ ...fill, source: packed(0) }), packed: [zero] };
}

function spansOf(shape: readonly number[], pads: Tensor, axes: Tensor | undefined): Span[] {
  const counts = numbers(pads);
  const places = resolveAxes(axes ? Array.from(numbers(axes)) : shape.map((_, axis) => axis), shape.length);
  const spans = shape.map((size): Span => ({ size, before: 0, after: 0 }));
  places.forEach((axis, i) => {
    const size = shape[axis] as number;
    spans[axis] = { size, before: counts[i] as number, after: counts[i + places.length] as number };
  });
  return spans;
}

/** x [outer, input, inner] to [outer, output, inner]. */
interface Pass {
  readonly outer: number;
  readonly inner: number;
  readonly span: Span;
  /** For each place of the result where it comes from, or -1. */
  readonly indexes: readonly number[];
}

const keptOf = ({ size, before, after }: Span): number => Math.max(0, size + Math.min(0, before) + Math.min(0, after));

function indexesOf(span: Span, mode: PadMode): number[] {
  if (mode !== "constant") return sourceIndices(span, mode);
  const { size, before, after } = span;
  const [low, first, kept] = [Math.max(0, before), Math.max(0, -before), keptOf(span)];
  return Array.from({ length: size + before + after }, (_, o) => (o >= low && o < low + kept ? o - low + first : -1));
}

function passesOf(shape: readonly number[], spans: readonly Span[], mode: PadMode): Pass[] {
  const passes: Pass[] = [];
  const now = [...shape];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const span = spans[axis] as Span;
    if (span.before === 0 && span.after === 0) continue;
    const indexes = indexesOf(span, mode);
    passes.push({ outer: product(now.slice(0, axis)), inner: product(now.slice(axis + 1)), span, indexes });
    now[axis] = indexes.length;
  }
  return passes;
}

interface Context {
  readonly storage: Storage;
  readonly source: Tensor;
  readonly value: TensorFacts | undefined;
}

function planPasses(step: StepFacts, passes: readonly Pass[], { storage, source, value }: Context): Launches {
  const temporaries: number[] = [];
  const launches = passes.map((pass, i): Launch => {
    const isLast = i === passes.length - 1;
    const y = isLast ? result() : temporary(i);
    if (!isLast) temporaries.push(widthOf(storage) * pass.outer * pass.indexes.length * pass.inner);
    const x = i === 0 ? operand(0) : temporary(i - 1);
    return launchOf(
      pass,
      { storage, hasValue: value !== undefined },
      { x, y, indexes: packed(i), value: value ? operand(2) : x },
    );
  });
  const key = `pad ${JSON.stringify(step.attributes)} ${(step.operands[0] as TensorFacts).shape}`;
  return {
    launches,
    temporaries,
    packed: passes.map(({ indexes }, i) => packIndexes(indexes, source, `${key} ${i} ${indexes.length}`)),
  };
}

function launchOf(
  { outer, inner, span, indexes }: Pass,
  options: { readonly storage: Storage; readonly hasValue: boolean },
  places: Readonly<Record<string, Place>>,
): Launch {
  const [input, output] = [span.size, indexes.length];
  const costs = { flops: 0, bytes: 2 * widthOf(options.storage) * outer * output * inner };
  if (inner > 1 || input === 1) {
    return {
      kernel: use(extendRows, options),
      words: { ...places, input, output, inner },
      items: outer * output,
      ...costs,
    };
  }
  const block = Math.max(1, Math.floor(itemElements / output));
  const words = {
    ...places,
    input,
    output,
    low: Math.max(0, span.before),
    count: keptOf(span),
    first: Math.max(0, -span.before),
    rows: outer,
    block,
  };
  return { kernel: use(extendColumns, options), words, items: Math.ceil(outer / block), ...costs };
}

function packIndexes(indexes: readonly number[], source: Tensor, key: string): Packed {
  return {
    source,
    key,
    bytes: 4 * indexes.length,
    write(target) {
      const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
      indexes.forEach((index, o) => void view.setInt32(4 * o, index, true));
    },
  };
}
