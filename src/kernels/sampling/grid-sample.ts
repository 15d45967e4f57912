import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";

export interface GridSample {
  /** Outside the picture lie zeros, or else the elements at its border. */
  readonly zeros: boolean;
  /** -1 and 1 are the centres of the outermost elements, not their outer edges. */
  readonly alignCorners: boolean;
}

/** The two elements along an axis that a point mixes. */
interface Pair {
  readonly indexes: readonly [Node, Node];
  readonly weights: readonly [Node, Node];
}

/** A coordinate that is no number mixes nothing. */
function pairAlong(k: Builder, coordinate: Node, extent: Node, { zeros, alignCorners }: GridSample): Pair {
  const [length, last] = [k.toF32(extent), k.isub(extent, 1)];
  const shifted = k.add(coordinate, 1);
  const exact = alignCorners
    ? k.mul(k.mul(shifted, 0.5), k.sub(length, 1))
    : k.mul(k.sub(k.mul(shifted, length), 1), 0.5);
  const isNumber = k.eq(exact, exact);
  const [low, high] = zeros ? [-2, k.add(length, 1)] : [0, k.sub(length, 1)];
  const center = k.min(k.max(k.select(isNumber, exact, 0), low), high);
  const first = k.floor(center);
  const rest = k.sub(center, first);
  const at = k.toI32(first);
  const pairs = [
    [at, k.sub(1, rest)],
    [k.iadd(at, 1), rest],
  ] as const;
  const inside = (index: Node): Node =>
    zeros ? k.and(isNumber, k.and(k.le(0, index), k.lt(index, extent))) : isNumber;
  return {
    indexes: pairs.map(([index]) => k.imin(k.imax(index, 0), last)) as [Node, Node],
    weights: pairs.map(([index, weight]) => k.select(inside(index), weight, 0)) as [Node, Node],
  };
}

/** Points that an item does: what they mix is kept for all channels. */
export const pointsOfItem = 256;

/**
 * y[batch, channels, places] = x[batch, channels, height, width] at the points grid[batch, places, 2], x first, mixed of the four
 * elements around each. An item is `pointsOfItem` places, of `blocks` in a picture.
 */
export const gridSample = kernel("grid-sample", (options: GridSample) => ({
  signature: {
    ...{ x: vector(), grid: vector(), y: vector() },
    ...{ channels: size(), height: size(), width: size(), places: size(), blocks: size() },
  },
  build(k, { x, grid, y, channels, height, width, places, blocks }) {
    const [offsets, weights] = [k.scratch(4 * pointsOfItem, "i32"), k.scratch(4 * pointsOfItem)];
    const area = k.imul(height, width);
    k.items((item) => {
      const batch = k.idiv(item, blocks);
      const first = k.imul(k.irem(item, blocks), pointsOfItem);
      const count = k.imin(k.isub(places, first), pointsOfItem);
      const points = k.viewAt(grid, k.imul(k.iadd(k.imul(batch, places), first), 2));
      k.loop(0, count, 1, (i) => {
        const at = k.imul(i, 2);
        const column = pairAlong(k, k.loadScalar(points, at), width, options);
        const row = pairAlong(k, k.loadScalar(points, k.iadd(at, 1)), height, options);
        for (let tap = 0; tap < 4; tap++) {
          const [v, h] = [tap >> 1, tap & 1];
          const place = k.iadd(k.imul(i, 4), tap);
          k.storeScalar(offsets, place, k.iadd(k.imul(row.indexes[v] as Node, width), column.indexes[h] as Node));
          k.storeScalar(weights, place, k.mul(row.weights[v] as Node, column.weights[h] as Node));
        }
      });
      const planes = k.imul(batch, channels);
      k.loop(0, channels, 1, (channel) => {
        const plane = k.iadd(planes, channel);
        const source = k.viewAt(x, k.imul(plane, area));
        const target = k.viewAt(y, k.iadd(k.imul(plane, places), first));
        k.loop(0, count, 1, (i) => {
          let sum: Node | undefined;
          for (let tap = 0; tap < 4; tap++) {
            const place = k.iadd(k.imul(i, 4), tap);
            const value = k.loadScalar(source, k.loadScalar(offsets, place));
            const weight = k.loadScalar(weights, place);
            sum = sum === undefined ? k.mul(weight, value) : k.fma(weight, value, sum);
          }
          k.storeScalar(target, i, sum as Node);
        });
      });
    });
  },
}));
