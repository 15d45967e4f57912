import type { Target } from "../../ir/target.ts";
import type { Storage } from "../../ir/type.ts";
import type { Activation } from "../../ops/activation.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { ElementwiseOperand } from "../elementwise/elementwise.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launch, Launches, Place, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import type { TileRun } from "./choose-tile.ts";
import { cutRows, tileFor } from "./choose-tile.ts";
import { cutColumns } from "./cut-columns.ts";
import type { Finish } from "./finish.ts";
import { finishOf } from "./finish.ts";
import { floatOperand } from "./float-operand.ts";
import { matmul } from "./matmul.ts";
import { panelsOf } from "./panels-of.ts";
import type { Product } from "./product.ts";
import { productOf } from "./product.ts";

const floats: ReadonlySet<string> = new Set(["f32", "f16", "bf16"]);

/** Matrix products of floats with any batch, with bias, activation and what follows; sums in f32. */
export const matmulSchedule: Schedule = {
  name: "matmul",
  ops: ["matmul", "linear"],
  epilogue: true,
  plan(step, target) {
    const [a, b] = step.operands as readonly [TensorFacts, TensorFacts];
    const [y] = step.results;
    if (y === undefined) return "nobody uses the result";
    if (!floats.has(a.dtype)) return `${a.dtype} has no matmul kernels`;
    if (target.lanes === undefined) return "panels need the number of lanes";
    const activation = step.attributes["activation"] as Activation | undefined;
    const finish = finishOf(step, { dtype: a.dtype, activation, ...(step.op === "linear" && { bias: 2 }) });
    if (typeof finish === "string") return finish;
    const others = finish.others.map((index) => step.operands[index] as TensorFacts);
    const odd = [...others, y].find(({ dtype }) => storageOf(dtype) === undefined);
    if (odd) return `${odd.dtype} has no elementwise kernels`;
    const product = productOf({ a: a.shape, b: b.shape, others: others.map(({ shape }) => shape) });
    return launchesOf({ step, y, product, finish, others, target });
  },
};

interface Work {
  readonly step: StepFacts;
  readonly y: TensorFacts;
  readonly product: Product;
  readonly finish: Finish;
  readonly others: readonly TensorFacts[];
  readonly target: Target;
}

function launchesOf({ step, y, product, finish, others, target }: Work): Launches {
  const [a, b] = step.operands as readonly [TensorFacts, TensorFacts];
  const lanes = target.lanes as number;
  const tile = tileFor(target, product.n);
  const panels = panelsOf({ b, product, tile, lanes });
  const left = floatOperand(a, 0, panels.temporaries.length);
  const { extents, n, depth } = product;
  const rank = extents.length;
  const words: Record<string, number | Place> = { a: left.place, ...panels.words, c: result(), n, depth };
  const stride = (name: string, list: readonly number[]): void =>
    list.forEach((each, d) => void Object.assign(words, { [`${name}Stride${d}`]: each }));
  stride("a", product.a);
  stride("c", rowMajor(extents, product.m, n));
  extents.forEach((extent, d) => void Object.assign(words, { [`extent${d}`]: extent }));
  finish.others.forEach((index, i) => {
    words[`x${i}`] = operand(index);
    stride(`x${i}`, product.others[i]?.strides ?? []);
  });
  const beside: ElementwiseOperand[] = others.map(({ dtype }, i) => ({
    storage: storageOf(dtype) as Storage,
    repeats: product.others[i]?.repeats ?? false,
  }));
  const share = { bytes: bytesOf([...step.operands, y]), total: elementCount(y.shape) };
  const launch = (run: TileRun): Launch => {
    const { mr, nv, span, firstRow, rowPanels } = run;
    const options = { mr, nv, span, rank, storage: panels.storage, result: storageOf(y.dtype) as Storage };
    const cut = cutColumns(run, { n, depth, batch: elementCount(extents) }, lanes);
    const rows = mr * rowPanels * elementCount(extents);
    const formula = finish.formula && { finish: finish.formula };
    return {
      kernel: use(matmul, { ...options, others: beside, ...formula }, JSON.stringify([options, beside, finish.key])),
      words: { ...words, ...cut.words, firstRow, rowPanels },
      items: n === 0 ? 0 : cut.blocks * rowPanels * elementCount(extents),
      flops: 2 * rows * n * depth,
      bytes: Math.round((share.bytes * rows * n) / Math.max(1, share.total)),
    };
  };
  const count = elementCount(y.shape);
  return {
    launches: [...left.launches, ...panels.launches, ...cutRows(product.m, tile).map(launch)],
    temporaries: [...panels.temporaries, ...left.temporaries],
    packed: panels.packed,
    inPlace: finish.others.filter((_, i) => {
      const { dtype, shape } = others[i] as TensorFacts;
      return bytesFor(dtype, 1) === bytesFor(y.dtype, 1) && elementCount(shape) === count;
    }),
  };
}

const bytesOf = (tensors: readonly (TensorFacts | undefined)[]): number =>
  tensors.reduce((sum, each) => sum + (each ? bytesFor(each.dtype, elementCount(each.shape)) : 0), 0);

/** The strides of matrices of m rows one after another, and that from row to row. */
function rowMajor(extents: readonly number[], m: number, n: number): number[] {
  const strides = [n];
  let size = m * n;
  for (const extent of [...extents].reverse()) {
    strides.unshift(size);
    size *= extent;
  }
  return strides;
}
