import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { Wide } from "../../ir/wide.ts";
import type { DType } from "../../tensor/dtype.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { Launch, Place } from "../schedule.ts";
import { result, use } from "../schedule.ts";
import type { Collapsed } from "./collapse.ts";
import { collapse } from "./collapse.ts";
import type { Elementwise } from "./elementwise.ts";
import { elementwise } from "./elementwise.ts";
import { elementwiseWide } from "./elementwise-wide.ts";
import type { ElementStorage } from "./storage-of.ts";
import { elementStorageOf } from "./storage-of.ts";

/** Elements of a row that one item does. */
const blockElements = 4096;
/** Those of an item with i64, whose words go through scratch. */
const wideElements = 1024;

/** A formula over tensors that broadcast to a shape. Their dtypes have an element storage. */
export interface ElementwiseWork {
  readonly shape: readonly number[];
  readonly operands: readonly { readonly dtype: DType; readonly shape: readonly number[]; readonly place: Place }[];
  readonly dtype: DType;
  readonly formula: (k: Builder, ...values: readonly (Node | Wide)[]) => Node | Wide;
  /** Equal exactly when formulas over the same dtypes are. */
  readonly key: string;
  /** Operations on each element. */
  readonly flops: number;
}

/** The launch, and the operands whose memory the result may take over. */
export function elementwiseLaunch(work: ElementwiseWork): { readonly launch: Launch; readonly inPlace: number[] } {
  const { shape, operands, dtype, formula, key, flops } = work;
  const collapsed = collapse(
    shape,
    operands.map((each) => each.shape),
  );
  const { extents, n, operands: walks } = collapsed;
  const wide = dtype === "i64" || operands.some((each) => each.dtype === "i64");
  const block = wide ? wideElements : blockElements;
  const blocks = Math.max(1, Math.ceil(n / block));
  const sources = operands.map((each, i) => ({
    storage: elementStorageOf(each.dtype) as ElementStorage,
    repeats: walks[i]?.repeats ?? false,
  }));
  const options = { rank: extents.length, operands: sources, result: elementStorageOf(dtype) as ElementStorage };
  const form = `${extents.length} ${sources.map((s) => `${s.storage}${s.repeats ? "*" : ""}`).join()} ${dtype}`;
  const count = elementCount(shape);
  const bytes = [...operands, work].reduce((sum, each) => sum + bytesFor(each.dtype, elementCount(each.shape)), 0);
  const launch: Launch = {
    kernel: wide
      ? use(elementwiseWide, { ...options, formula, block }, `${form} ${key}`)
      : use(elementwise, { ...options, formula } as Elementwise, `${form} ${key}`),
    words: { n, blocks, block, y: result(), ...strideWords(work, collapsed) },
    items: count === 0 ? 0 : blocks * extents.reduce((product, extent) => product * extent, 1),
    flops: count * flops,
    bytes,
  };
  const isSame = (each: ElementwiseWork["operands"][number], i: number): boolean =>
    bytesFor(each.dtype, 1) === bytesFor(dtype, 1) && elementCount(each.shape) === count && !walks[i]?.repeats;
  return { launch, inPlace: operands.flatMap((each, i) => (isSame(each, i) ? [i] : [])) };
}

/** Places, extents and strides. Those of i64 count words. */
function strideWords({ operands, dtype }: ElementwiseWork, { extents, n, operands: walks }: Collapsed) {
  const words: Record<string, number | Place> = {};
  const wordsOf = (each: DType): number => (each === "i64" ? 2 : 1);
  let stride = n;
  for (let d = extents.length - 1; d >= 0; d--) {
    words[`extent${d}`] = extents[d] as number;
    words[`yStride${d}`] = stride * wordsOf(dtype);
    stride *= extents[d] as number;
  }
  operands.forEach(({ dtype: each, place }, i) => {
    words[`x${i}`] = place;
    walks[i]?.strides.forEach((step, d) => {
      words[`x${i}Stride${d}`] = step * wordsOf(each);
    });
  });
  return words;
}
