import { broadcastStrides } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";

/** Calls `visit(out, i, j)` for every element of `shape` in row-major order, with the offsets of the operands broadcast to it. */
export function broadcastPairs(
  a: readonly number[],
  b: readonly number[],
  shape: readonly number[],
  visit: (out: number, i: number, j: number) => void,
): void {
  const [sa, sb, count, rank] = [
    broadcastStrides(a, shape),
    broadcastStrides(b, shape),
    elementCount(shape),
    shape.length,
  ];
  if (count === 0) return;
  if (rank === 0) {
    visit(0, 0, 0);
    return;
  }
  const [inner, da, db] = [shape[rank - 1]!, sa[rank - 1]!, sb[rank - 1]!];
  const index = new Array<number>(rank - 1).fill(0);
  let [i, j] = [0, 0];
  for (let out = 0; out < count; ) {
    for (let n = 0; n < inner; n++, out++) visit(out, i + n * da, j + n * db);
    for (let axis = rank - 2; axis >= 0; axis--) {
      i += sa[axis]!;
      j += sb[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      i -= sa[axis]! * shape[axis]!;
      j -= sb[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}
