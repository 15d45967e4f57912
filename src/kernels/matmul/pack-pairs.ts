import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import { numbers } from "../../tensor/numbers.ts";
import { elementRuns } from "../../tensor/stored-tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Packed } from "../schedule.ts";

export interface PackPairs {
  readonly nv: number;
  readonly storage: Storage;
  readonly hasZeros: boolean;
}

/**
 * Matrices [depth][n] of bytes less their zero points, as panels [matrix][panel][depth / 2][nv · lanes][2] of i16, filled up with 0. Column j of
 * matrix i has zero point (i · n + j) mod zeroCount. An item is a panel.
 */
export const packPairs = kernel("pack-pairs", ({ nv, storage, hasZeros }: PackPairs) => ({
  signature: {
    ...{ b: vector(storage), packed: vector("i16"), zeros: vector(storage) },
    ...{ zeroCount: size(), n: size(), depth: size(), pairs: size(), panels: size() },
  },
  build(k: Builder, { b, packed, zeros, zeroCount, n, depth, pairs, panels }) {
    const width = k.imul(nv, k.lanes);
    k.items((item) => {
      const matrix = k.idiv(item, panels);
      const column = k.imul(k.irem(item, panels), width);
      const from = k.viewAt(b, k.iadd(k.imul(k.imul(matrix, depth), n), column));
      const to = k.viewAt(packed, k.imul(k.imul(item, pairs), k.imul(width, 2)));
      const put = (p: Node, j: Node, value: Node | number): void =>
        k.storeScalar(to, k.iadd(k.imul(k.iadd(k.imul(k.idiv(p, 2), width), j), 2), k.and(p, 1)), value);
      k.loop(0, width, 1, (j) => {
        const isInside = k.lt(k.iadd(column, j), n);
        k.when(isInside, () => {
          const at = k.iadd(k.imul(matrix, n), k.iadd(column, j));
          const zero = hasZeros ? k.loadScalar(zeros, k.irem(at, zeroCount)) : k.integer(0);
          k.loop(0, depth, 1, (p) => put(p, j, k.isub(k.loadScalar(from, k.iadd(k.imul(p, n), j)), zero)));
          k.when(k.and(depth, 1), () => put(depth, j, 0));
        });
        k.when(k.eq(isInside, 0), () => k.loop(0, k.imul(pairs, 2), 1, (p) => put(p, j, 0)));
      });
    });
  },
}));

/** The same of one constant matrix with constant zero points. */
export function packPairsOnce(source: Tensor, zeros: Tensor | undefined, width: number): Packed {
  const n = source.shape.length > 1 ? (source.shape.at(-1) as number) : 1;
  const depth = source.shape.at(source.shape.length > 1 ? -2 : -1) as number;
  const [pairs, panels] = [Math.ceil(depth / 2), Math.ceil(n / width)];
  const elements = panels * pairs * width * 2;
  const shifts = zeros && numbers(zeros);
  return {
    source,
    key: `pairs ${width} less ${shifts ? Array.from(shifts).join() : ""}`,
    bytes: 2 * elements,
    write(target) {
      const read = elementRuns(source);
      const to = new Int16Array(target.buffer as ArrayBuffer, target.byteOffset, elements);
      for (let p = 0; p < depth; p++) {
        const from = read(p * n, n);
        for (let j = 0; j < n; j++) {
          const lane = j % width;
          const at = (((j - lane) / width) * pairs + (p >> 1)) * width + lane;
          to[2 * at + (p & 1)] = (from[j] as number) - (shifts ? (shifts[j % shifts.length] as number) : 0);
        }
      }
    },
  };
}
