import type { Target } from "../../ir/target.ts";
import type { Storage } from "../../ir/type.ts";
import type { AttentionAttributes } from "../../ops/attention.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { broadcastStrides } from "../elementwise/collapse.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import { cutRows, tileFor } from "../matmul/choose-tile.ts";
import { floatOperand } from "../matmul/float-operand.ts";
import { packPanels } from "../matmul/pack-panels.ts";
import type { Launch, Launches, Place, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, result, temporary, use } from "../schedule.ts";
import type { Attention } from "./attention.ts";
import { attention, mostOwnSize, mostValueSize } from "./attention.ts";
import { keyBlock, transposeKeys } from "./transpose-keys.ts";

const floats: ReadonlySet<string> = new Set(["f32", "f16", "bf16"]);
/** Integers whose low 32 bits are read; their values fit. */
const wordsOf: Readonly<Record<string, number>> = { i32: 1, u32: 1, i64: 2, u64: 2 };
/** A window without an end, beyond any number of keys. */
const endless = 2 ** 30;

/** Attention of floats, with scores in f32; not where the scores themselves are wanted. */
export const attentionSchedule: Schedule = {
  name: "attention",
  ops: ["attention"],
  plan(step, target) {
    const [q, k, v, mask, offset, lengths] = step.operands as readonly [
      TensorFacts,
      TensorFacts,
      TensorFacts,
      ...TensorFacts[],
    ];
    const { scores } = step.attributes as AttentionAttributes;
    if (scores !== undefined) return "scores are not kept by kernels";
    if (!floats.has(q.dtype)) return `${q.dtype} has no attention kernels`;
    if (mask && mask.dtype !== "bool" && !floats.has(mask.dtype)) return `masks of ${mask.dtype} have no kernels`;
    const odd = [offset, lengths].find((each) => each && wordsOf[each.dtype] === undefined);
    if (odd) return `positions of ${odd.dtype} have no kernels`;
    if (target.lanes === undefined) return "panels need the number of lanes";
    if ((v.shape[3] as number) > mostValueSize) return `values of more than ${mostValueSize} elements have no kernels`;
    if (step.results[0] === undefined) return "nobody uses the result";
    return launchesOf(step, target, [q, k, v]);
  },
};

function launchesOf(
  step: StepFacts,
  target: Target,
  [q, k, v]: readonly [TensorFacts, TensorFacts, TensorFacts],
): Launches {
  const [batch, heads, queries, size] = q.shape as readonly [number, number, number, number];
  const [kvHeads, keys, valueSize] = [k.shape[1], k.shape[2], v.shape[3]] as readonly number[] as [
    number,
    number,
    number,
  ];
  const matrices = batch * kvHeads;
  const matrixRows = kvHeads === 0 ? 0 : (heads / kvHeads) * queries;
  const tile = narrowed(tileFor(target, valueSize), target.lanes as number);
  const launches: Launch[] = [];
  const temporaries: number[] = [];
  const left = floatOperand(q, 0, 0);
  launches.push(...left.launches);
  temporaries.push(...left.temporaries);
  const own = matrixRows <= 2 * tile.mr && size <= mostOwnSize;
  const keyBlocks = Math.ceil(keys / keyBlock);
  let keysAt: Place = operand(1);
  if (!own) {
    keysAt = temporary(temporaries.length);
    temporaries.push(4 * matrices * keyBlocks * keyBlock * size);
    launches.push({
      kernel: use(transposeKeys, { storage: storageOf(k.dtype) as Storage }),
      words: { keys: operand(1), transposed: keysAt, count: keys, depth: size, blocks: keyBlocks },
      items: matrices * keyBlocks,
      flops: 0,
      bytes: elementCount(k.shape) * (4 + bytesFor(k.dtype, 1)),
    });
  }
  const values = valuesOf(v, { width: tile.nv * (target.lanes as number), nv: tile.nv, next: temporaries.length });
  launches.push(...values.launches);
  temporaries.push(...values.temporaries);
  const { options, words } = formOf(step);
  const sizes = { size, valueSize, keys, queries, heads, matrixRows, kvHeads, keyBlocks, ...values.words };
  for (const { mr, nv, span, firstRow, rowPanels } of cutRows(matrixRows, tile)) {
    const shape = { mr, nv, span: Math.min(span, keyBlock / (nv * (target.lanes as number))) };
    const rows = matrices * mr * rowPanels;
    launches.push({
      kernel: use(attention, { ...options, ...shape, keys: own ? (storageOf(k.dtype) as Storage) : undefined }),
      words: { ...words, ...sizes, q: left.place, k: keysAt, y: result(), firstRow, rowPanels },
      items: valueSize === 0 ? 0 : matrices * rowPanels,
      flops: rows * keys * (2 * size + 2 * valueSize + 30),
      bytes: bytesFor(q.dtype, rows * (size + valueSize)) + 4 * matrices * keys * (size + valueSize),
    });
  }
  return { launches, temporaries };
}

/** A tile whose panels fit a block of keys. */
function narrowed<T extends { readonly nv: number }>(tile: T, lanes: number): T {
  return tile.nv * lanes > keyBlock ? { ...tile, nv: 1 } : tile;
}

/** Values as they are, where panels fill their rows; else packed. */
function valuesOf(
  { dtype, shape }: TensorFacts,
  { width, nv, next }: { readonly width: number; readonly nv: number; readonly next: number },
): {
  readonly words: Readonly<Record<string, number | Place>>;
  readonly launches: readonly Launch[];
  readonly temporaries: readonly number[];
} {
  const [matrices, keys, n] = [elementCount(shape.slice(0, 2)), shape[2] as number, shape[3] as number];
  const panels = Math.ceil(n / width);
  if (dtype === "f32" && n % width === 0) {
    return {
      words: { v: operand(2), vMatrix: keys * n, vPitch: n, vPanel: width, panels },
      launches: [],
      temporaries: [],
    };
  }
  const launch: Launch = {
    kernel: use(packPanels, { nv, storage: storageOf(dtype) as Storage }),
    words: { b: operand(2), packed: temporary(next), n, depth: keys, panels, firstPanel: 0 },
    items: matrices * panels,
    flops: 0,
    bytes: elementCount(shape) * (4 + bytesFor(dtype, 1)),
  };
  return {
    words: { v: temporary(next), vMatrix: panels * keys * width, vPitch: width, vPanel: keys * width, panels },
    launches: [launch],
    temporaries: [4 * matrices * panels * keys * width],
  };
}

/** What the attributes and the operands beside q, k and v come to. */
function formOf({ operands, attributes, results }: StepFacts): {
  readonly options: Omit<Attention, "mr" | "nv" | "span" | "keys">;
  readonly words: Readonly<Record<string, number | Place>>;
} {
  const [, , , mask, offset, lengths, sink] = operands;
  const {
    scale,
    softcap = 0,
    leftWindow = endless,
    rightWindow = endless,
    whenAllMasked,
  } = attributes as AttentionAttributes;
  const hasWindow = leftWindow < endless || rightWindow < endless;
  const strides = mask ? broadcastStrides(mask.shape, 4) : [0, 0, 0, 1];
  const none = operand(0);
  const perBatch = (t: TensorFacts | undefined): number =>
    t && elementCount(t.shape) > 1 ? (wordsOf[t.dtype] as number) : 0;
  return {
    options: {
      result: storageOf((results[0] as TensorFacts).dtype) as Storage,
      mask: mask && { storage: storageOf(mask.dtype) as Storage, repeats: strides[3] === 0 },
      ...{ hasSoftcap: softcap !== 0, hasWindow, hasOffset: offset !== undefined, hasLengths: lengths !== undefined },
      sink: sink && (storageOf(sink.dtype) as Storage),
      whenAllMasked: whenAllMasked ?? "zeros",
    },
    words: {
      ...{ scale, softcap, left: Math.min(leftWindow, endless), right: Math.min(rightWindow, endless) },
      ...{ mask: mask ? operand(3) : none, sink: sink ? operand(6) : none },
      ...{ maskStride0: strides[0] as number, maskStride1: strides[1] as number, maskStride2: strides[2] as number },
      ...{ offset: offset ? operand(4) : none, offsetStride0: perBatch(offset) },
      ...{ lengths: lengths ? operand(5) : none, lengthsStride0: perBatch(lengths) },
    },
  };
}
