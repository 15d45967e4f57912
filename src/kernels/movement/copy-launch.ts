import { elementCount } from "../../tensor/tensor.ts";
import type { Launch, Launches, Place, TensorFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import type { CopyPlan, Loop, StridedCopy } from "./copy-plan.ts";
import { copyPlan } from "./copy-plan.ts";
import { copyRows } from "./copy-rows.ts";
import { elementBytes } from "./element-bytes.ts";
import { fillRows } from "./fill-rows.ts";
import { bodyForm, rowsLaunch } from "./rows-of-bytes.ts";
import { transposeBlock, transposeTiles } from "./transpose-tiles.ts";

/** A copy between two places in memory. */
export interface PlacedCopy extends StridedCopy {
  readonly source: Place;
  readonly target: Place;
  /** Whether the result may take over the memory of the source: then, nothing is copied. */
  readonly maybeSame?: boolean;
}

const storages = { 1: "u8", 2: "u16", 4: "i32" } as const;

/** The launch that copies a block; none for a block of no elements. */
export function copyLaunch(copy: PlacedCopy): Launch[] {
  if (copy.shape.includes(0)) return [];
  const plan = copyPlan(copy);
  const { words, ...launch } = fillOf(plan) ?? transpositionOf(plan) ?? rowsOf(plan, copy.maybeSame ?? false);
  return [{ ...launch, words: { from: copy.source, to: copy.target, ...words } }];
}

/** All of operand 0 as the result, which may take over its memory: then nothing is copied. Or why there are no kernels for its dtype. */
export function wholeCopy({ dtype, shape }: TensorFacts): Launches | string {
  const width = elementBytes(dtype);
  if (typeof width === "string") return width;
  const dense = { shape: [elementCount(shape)], from: [1], to: [1], width };
  return { launches: copyLaunch({ ...dense, source: operand(0), target: result(), maybeSame: true }), inPlace: [0] };
}

type Unplaced = Omit<Launch, "words"> & { readonly words: Record<string, number> };

/** Rows of an innermost loop below which finding where it begins costs more than the rows. */
const leastRows = 16;

/** The loops in another order, where the innermost one is short: the longest one last. */
function longestLast(loops: readonly Loop[]): readonly Loop[] {
  const longest = loops.reduce((best, loop) => (loop.count > best.count ? loop : best), loops.at(-1) as Loop);
  if ((loops.at(-1)?.count ?? leastRows) >= leastRows) return loops;
  return [...loops.filter((loop) => loop !== longest), longest];
}

function rowsOf({ body, loops: given }: CopyPlan, maybeSame: boolean): Unplaced {
  const loops = longestLast(given);
  const options = { rank: Math.max(0, loops.length - 1), body: bodyForm(body), maybeSame };
  return { kernel: use(copyRows, options), ...rowsLaunch(body, loops) };
}

const fillPart = 8192;

/** One element repeated side by side at the target. */
function fillOf({ body, loops }: CopyPlan): Unplaced | undefined {
  const last = loops.at(-1);
  if (body.kind !== "element" || last?.from !== 0 || last.to !== body.bytes) return undefined;
  const storage = body.bytes > 4 ? undefined : storages[body.bytes as 1 | 2 | 4];
  if (storage === undefined) return undefined;
  const outer = loops.slice(0, -1);
  const { count } = last;
  const parts = Math.ceil(count / fillPart);
  const turns = turnsOf(outer);
  return {
    kernel: use(fillRows, { rank: outer.length, storage }),
    words: { ...outerWords(outer), count, parts, part: fillPart },
    items: turns * parts,
    flops: 0,
    bytes: turns * count * body.bytes,
  };
}

/** A loop that is dense at the source around, or beyond, one that is dense at the target: squares of four by four. */
function transpositionOf({ body, loops }: CopyPlan): Unplaced | undefined {
  const last = loops.at(-1);
  if (body.kind !== "element" || body.bytes > 4 || last?.to !== body.bytes || last.count < 4) return undefined;
  const across = loops.findIndex(({ from, count }) => from === body.bytes && count >= 4);
  const rows = loops[across];
  if (rows === undefined) return undefined;
  const outer = loops.filter((loop) => loop !== last && loop !== rows);
  const blocks = Math.ceil(rows.count / transposeBlock);
  const turns = turnsOf(outer);
  return {
    kernel: use(transposeTiles, { rank: outer.length, storage: storages[body.bytes as 1 | 2 | 4] }),
    words: {
      ...outerWords(outer),
      rows: rows.count,
      columns: last.count,
      pitchFrom: last.from,
      pitchTo: rows.to,
      blocks,
    },
    items: turns * blocks,
    flops: 0,
    bytes: 2 * turns * rows.count * last.count * body.bytes,
  };
}

const turnsOf = (loops: readonly Loop[]): number => loops.reduce((product, { count }) => product * count, 1);

const outerWords = (loops: readonly Loop[]): Record<string, number> =>
  Object.fromEntries(
    loops.flatMap(({ count, from, to }, d) => [
      [`extent${d}`, count],
      [`from${d}`, from],
      [`to${d}`, to],
    ]),
  );
