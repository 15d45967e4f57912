import type { Target } from "../../ir/target.ts";
import type { Storage } from "../../ir/type.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { ElementwiseOperand } from "../elementwise/elementwise.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launch, Place, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import type { TileRun } from "./choose-tile.ts";
import { cutRows, tileFor } from "./choose-tile.ts";
import { cutColumns } from "./cut-columns.ts";
import type { Finish } from "./finish.ts";
import { matmul } from "./matmul.ts";
import { overwritable } from "./overwritable.ts";
import type { Product } from "./product.ts";

export interface TiledProduct {
  readonly step: StepFacts;
  readonly target: Target;
  readonly product: Product;
  readonly finish: Finish;
  /** How b is stored. */
  readonly storage: Storage;
  readonly packsColumns: boolean;
  readonly packsRows: boolean;
  /** Steps of the depth that a round of the loop takes, for tiles of the best height. */
  readonly steps: number;
  /** Where a and the panels of b are. */
  readonly words: Readonly<Record<string, number | Place>>;
}

/** The launches that make a step's result from a and panels of b, and the operands whose memory the result may take. */
export function tileLaunches(tiled: TiledProduct): {
  readonly launches: readonly Launch[];
  readonly inPlace: readonly number[];
} {
  const { step, target, product, finish, storage, packsColumns, packsRows, steps } = tiled;
  const y = step.results[0] as TensorFacts;
  const { extents, n, depth } = product;
  const others = finish.others.map((index) => step.operands[index] as TensorFacts);
  const beside: ElementwiseOperand[] = others.map(({ dtype }, i) => ({
    storage: storageOf(dtype) as Storage,
    repeats: product.others[i]?.repeats ?? false,
  }));
  const words = { ...tiled.words, c: result(), n, depth, ...wordsOf(product, finish) };
  const batch = elementCount(extents);
  const share = bytesOf([...step.operands, y]) / Math.max(1, elementCount(y.shape));
  const launch = (run: TileRun): Launch => {
    const { mr, nv, span, firstRow, rowPanels } = run;
    const form = { rank: extents.length, storage, packsColumns, packsRows, result: storageOf(y.dtype) as Storage };
    const options = { mr, nv, span, steps: span > 1 ? 1 : steps, ...form };
    const cut = cutColumns(run, { n, depth, batch }, target.lanes as number);
    const rows = mr * rowPanels * batch;
    const formula = finish.formula && { finish: finish.formula };
    return {
      kernel: use(matmul, { ...options, others: beside, ...formula }, JSON.stringify([options, beside, finish.key])),
      words: { ...words, ...cut.words, firstRow, rowPanels },
      items: n === 0 ? 0 : cut.blocks * rowPanels * batch,
      flops: (storage === "i16" ? 4 : 2) * rows * n * depth,
      bytes: Math.round(share * rows * n),
    };
  };
  const tile = tileFor(target, n);
  const fitting = storage === "i16" ? { ...tile, mr: Math.min(tile.mr, rowsOfPairs(tile.nv, target)) } : tile;
  return { launches: cutRows(product.m, fitting).map(launch), inPlace: overwritable(step, finish) };
}

/** Rows whose sums of pairs fit the registers: products of pairs need one for themselves, and a pair of a row one, before they are added. */
const rowsOfPairs = (nv: number, { tileRegisters }: Target): number => Math.floor((tileRegisters - 3) / nv) - 1;

/** Strides of a, of the result and of what follows the product takes. */
function wordsOf({ extents, m, n, a, others }: Product, finish: Finish): Record<string, number | Place> {
  const words: Record<string, number | Place> = {};
  const stride = (name: string, list: readonly number[]): void =>
    list.forEach((each, d) => void Object.assign(words, { [`${name}Stride${d}`]: each }));
  stride("a", a);
  stride("c", rowMajor(extents, m, n));
  extents.forEach((extent, d) => void Object.assign(words, { [`extent${d}`]: extent }));
  finish.others.forEach((index, i) => {
    words[`x${i}`] = operand(index);
    stride(`x${i}`, others[i]?.strides ?? []);
  });
  return words;
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
