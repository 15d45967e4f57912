import type { Target } from "../../ir/target.ts";
import type { Storage } from "../../ir/type.ts";
import type { BlockWeightsAttributes } from "../../ops/block-weights.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launch, Launches, Place, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, packed, result, use } from "../schedule.ts";
import { cutRows, tileFor } from "./choose-tile.ts";
import type { Finish } from "./finish.ts";
import { finishOf } from "./finish.ts";
import { floatOperand } from "./float-operand.ts";
import type { MatmulNBits } from "./matmul-n-bits.ts";
import { matmulNBits, mostBlockSize, nBitsColumns, nBitsTiles } from "./matmul-n-bits.ts";
import { overwritable } from "./overwritable.ts";
import { packBlocks } from "./pack-blocks.ts";
import type { Product } from "./product.ts";
import { productOf } from "./product.ts";

const floats: ReadonlySet<string> = new Set(["f32", "f16", "bf16"]);

/** Products with constant weights of 2, 4 or 8 bits, which stay packed: a block at a time is written out as f32 and used for several rows. */
export const nBitsSchedule: Schedule = {
  name: "matmul-n-bits",
  ops: ["matmulNBits"],
  epilogue: true,
  plan(step, target) {
    const [x, weights, scales, zeros, , groups] = step.operands as readonly [
      TensorFacts,
      TensorFacts,
      TensorFacts,
      ...TensorFacts[],
    ];
    const { bits, blockSize } = step.attributes as BlockWeightsAttributes;
    const [y] = step.results;
    if (y === undefined) return "nobody uses the result";
    if (!floats.has(x.dtype)) return `${x.dtype} has no kernels for weights of few bits`;
    if (groups !== undefined && step.extras > 5) return "weights in another order than their blocks have no kernels";
    if (!weights.constant || !scales.constant || (zeros && !zeros.constant))
      return "weights must be constant to be packed";
    if (blockSize > mostBlockSize || (blockSize * bits) % 32 !== 0)
      return `blocks of ${blockSize} elements of ${bits} bits have no kernels`;
    if (target.lanes === undefined) return "panels need the number of lanes";
    const finish = finishOf(step, { dtype: x.dtype, bias: 4 });
    if (typeof finish === "string") return finish;
    const others = finish.others.map((index) => step.operands[index] as TensorFacts);
    const odd = [...others, y].find(({ dtype }) => storageOf(dtype) === undefined);
    if (odd) return `${odd.dtype} has no elementwise kernels`;
    const b = [x.shape.at(-1) as number, weights.shape[0] as number];
    const product = productOf({ a: x.shape, b, others: others.map(({ shape }) => shape) });
    if (product.extents.length > 0) return "what follows does not walk evenly along the rows";
    return launchesOf({ step, target, product, finish });
  },
};

interface Work {
  readonly step: StepFacts;
  readonly target: Target;
  readonly product: Product;
  readonly finish: Finish;
}

function launchesOf({ step, target, product, finish }: Work): Launches {
  const [x, weights, scales, zeros] = step.operands as readonly [TensorFacts, TensorFacts, TensorFacts, TensorFacts?];
  const { bits } = step.attributes as BlockWeightsAttributes;
  const y = step.results[0] as TensorFacts;
  const { m, n, depth } = product;
  const lanes = target.lanes as number;
  const tile = tileFor(target, n);
  const width = tile.nv * lanes;
  const panels = Math.ceil(n / width);
  const left = floatOperand(x, 0, 0);
  const { words, form } = operandsOf({ step, target, product, finish }, { a: left.place, panels });
  const launches = cutRows(m, tile).map(({ mr, nv, span, firstRow, rowPanels }): Launch => {
    const together = Math.min(span, Math.max(1, Math.floor(nBitsColumns / width)));
    const options = { mr, nv, span: together, ...form };
    const blockPanels = together * Math.max(1, Math.floor(nBitsColumns / (4 * together * width)));
    const rowBlocks = Math.ceil(rowPanels / nBitsTiles);
    const rows = mr * rowPanels;
    return {
      kernel: use(
        matmulNBits,
        { ...options, ...(finish.formula && { finish: finish.formula }) },
        JSON.stringify([options, finish.key]),
      ),
      words: { ...words, firstRow, rowPanels, rowBlocks, blockPanels },
      items: rowBlocks * Math.ceil(panels / blockPanels),
      flops: 2 * rows * n * depth + 5 * rowBlocks * n * depth,
      bytes:
        rowBlocks * (elementCount(weights.shape) + 4 * elementCount(scales.shape)) +
        bytesFor(y.dtype, rows * (n + depth)),
    };
  });
  return {
    launches: [...left.launches, ...launches],
    temporaries: left.temporaries,
    packed: packBlocks({ weights, scales, zeros }, { bits, width }),
    inPlace: overwritable(step, finish),
  };
}

/** What all launches have in common: argument words, and what the kernel is like. */
function operandsOf(
  { step, product, finish }: Work,
  { a, panels }: { readonly a: Place; readonly panels: number },
): {
  readonly words: Readonly<Record<string, number | Place>>;
  readonly form: Omit<MatmulNBits, "mr" | "nv" | "span" | "finish">;
} {
  const { bits, blockSize } = step.attributes as BlockWeightsAttributes;
  const [, , scales, zeros] = step.operands as readonly [TensorFacts, TensorFacts, TensorFacts, TensorFacts?];
  const { n, depth } = product;
  const others = finish.others.map((index) => step.operands[index] as TensorFacts);
  const words: Record<string, number | Place> = {
    ...{ a, aStride0: product.a[0] as number, c: result(), cStride0: n, n, depth, panels },
    ...{
      words: packed(0),
      scales: packed(1),
      zeros: packed(zeros ? 2 : 1),
      quantBlocks: scales.shape.at(-1) as number,
    },
  };
  finish.others.forEach((index, i) => {
    words[`x${i}`] = operand(index);
    words[`x${i}Stride0`] = product.others[i]?.strides[0] ?? 0;
  });
  const form = {
    ...{
      bits,
      blockSize,
      hasZeros: zeros !== undefined,
      result: storageOf((step.results[0] as TensorFacts).dtype) as Storage,
    },
    others: others.map(({ dtype }, i) => ({
      storage: storageOf(dtype) as Storage,
      repeats: product.others[i]?.repeats ?? false,
    })),
  };
  return { words, form };
}
