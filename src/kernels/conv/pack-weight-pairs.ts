import { size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Storage } from "../../ir/type.ts";
import { numbers } from "../../tensor/numbers.ts";
import { elementRuns } from "../../tensor/stored-tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Packed, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, packed, temporary, use } from "../schedule.ts";
import type { ConvShape } from "./geometry.ts";
import type { PlacedPanels } from "./pack-weights.ts";

/** What vectors of the widest targets may reach beyond the panels, in elements. */
const slack = 256;

/**
 * Bytes w [group · outputs, ...] less their zero points, as panels i16 [group][outputs / mr][depth / 2][mr][2], of constants filled up with 0.
 * Operand 1 is w, operand 3 its zero point or points.
 */
export function placeWeightPairs({ operands }: StepFacts, shape: ConvShape, mr: number): PlacedPanels {
  const [, w, , zeros] = operands as readonly [TensorFacts, TensorFacts, TensorFacts?, TensorFacts?];
  const { group, outputs, depth } = shape;
  const [pairs, tiles] = [Math.ceil(depth / 2), Math.ceil(outputs / mr)];
  const bytes = 2 * (group * tiles * pairs * mr * 2 + slack);
  if (w.constant && (zeros === undefined || zeros.constant)) {
    const made = packOnce(w.constant, zeros?.constant, { ...shape, mr, pairs, tiles, bytes });
    return { place: packed(), packed: [made], temporaries: [], launches: [] };
  }
  const words = {
    ...{ w: operand(1), zeros: operand(zeros ? 3 : 1), zeroCount: zeros ? elementCount(zeros.shape) : 1 },
    ...{ panels: temporary(), outputs, depth, pairs, tiles },
  };
  const options = { storage: storageOf(w.dtype) as Storage, hasZeros: zeros !== undefined, mr };
  const rows = group * outputs;
  const launch = { kernel: use(packWeightPairs, options), words, items: rows, flops: 0, bytes: 3 * rows * depth };
  return { place: temporary(), packed: [], temporaries: [bytes], launches: depth === 0 ? [] : [launch] };
}

interface Pairs extends ConvShape {
  readonly mr: number;
  readonly pairs: number;
  readonly tiles: number;
  readonly bytes: number;
}

function packOnce(
  source: Tensor,
  zeros: Tensor | undefined,
  { group, outputs, depth, mr, pairs, tiles, bytes }: Pairs,
): Packed {
  const shifts = zeros && numbers(zeros);
  return {
    source,
    key: `weight pairs ${group} ${mr} less ${shifts ? Array.from(shifts).join() : ""}`,
    bytes,
    write(target) {
      const read = elementRuns(source);
      const to = new Int16Array(target.buffer, target.byteOffset, bytes / 2);
      for (let row = 0; row < group * outputs; row++) {
        const [block, inBlock] = [Math.floor(row / outputs), row % outputs];
        const shift = shifts ? (shifts[row % shifts.length] as number) : 0;
        const at = (block * tiles + Math.floor(inBlock / mr)) * pairs * mr * 2 + 2 * (inBlock % mr);
        const from = read(row * depth, depth);
        for (let p = 0; p < depth; p++) to[at + (p >> 1) * mr * 2 + (p & 1)] = (from[p] as number) - shift;
      }
    },
  };
}

/** The same at run time. An item is a row; what has no row is left as it is. */
const packWeightPairs = kernel(
  "pack-weight-pairs",
  ({ storage, hasZeros, mr }: { storage: Storage; hasZeros: boolean; mr: number }) => ({
    signature: {
      w: vector(storage),
      zeros: vector(storage),
      panels: vector("i16"),
      zeroCount: size(),
      outputs: size(),
      depth: size(),
      pairs: size(),
      tiles: size(),
    },
    build(k, { w, zeros, panels, zeroCount, outputs, depth, pairs, tiles }) {
      k.items((row) => {
        const [block, inBlock] = [k.idiv(row, outputs), k.irem(row, outputs)];
        const zero = hasZeros ? k.loadScalar(zeros, k.irem(row, zeroCount)) : k.integer(0);
        const tile = k.iadd(k.imul(block, tiles), k.idiv(inBlock, mr));
        const to = k.viewAt(panels, k.iadd(k.imul(k.imul(tile, pairs), 2 * mr), k.imul(k.irem(inBlock, mr), 2)));
        const from = k.viewAt(w, k.imul(row, depth));
        const at = (p: Parameters<typeof k.shr>[0]) => k.iadd(k.imul(k.shr(p, 1), 2 * mr), k.and(p, 1));
        k.loop(0, depth, 1, (p) => k.storeScalar(to, at(p), k.isub(k.loadScalar(from, p), zero)));
        k.when(k.and(depth, 1), () => k.storeScalar(to, at(depth), 0));
      });
    },
  }),
);
