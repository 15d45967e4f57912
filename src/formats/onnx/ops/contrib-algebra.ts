import { constant } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { concat } from "../../../ops/concat.ts";
import { dft } from "../../../ops/dft.ts";
import { inverse } from "../../../ops/inverse.ts";
import { mul } from "../../../ops/mul.ts";
import { slice } from "../../../ops/slice.ts";
import { sqrt } from "../../../ops/sqrt.ts";
import { squeeze } from "../../../ops/squeeze.ts";
import { sub } from "../../../ops/sub.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { UnsupportedError } from "../../../tensor/errors.ts";
import { scalar } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { pairwiseSquares } from "./pairwise-squares.ts";

/** Operators of com.microsoft on matrices, complex numbers (pairs in the last axis) and signals. */
export const contribAlgebra = onnxOps(
  {
    CDist: ([a, b], node) => {
      const squares = pairwiseSquares(a, b);
      return node.choice("metric", ["sqeuclidean", "euclidean"], "sqeuclidean") === "euclidean"
        ? sqrt(squares)
        : squares;
    },
    ComplexMul: ([a, b]) => complexProduct(a, b, false),
    ComplexMulConj: ([a, b]) => complexProduct(a, b, true),
    Inverse: ([x]) => inverse(x),
    Irfft: ([x], node) => {
      const count = signalAxes(node);
      let y = x;
      for (let i = count; i > 1; i--) y = dft(y, undefined, axis(-1 - i), { inverse: true });
      return squeeze(dft(y, undefined, axis(-2), { inverse: true, onesided: true }), [-1]);
    },
    Rfft: ([x], node) => {
      const count = signalAxes(node);
      let y = dft(unsqueeze(x, [-1]), undefined, axis(-2), { onesided: true });
      for (let i = 2; i <= count; i++) y = dft(y, undefined, axis(-1 - i), {});
      return y;
    },
    SampleOp: ([x]) => x,
  },
  "com.microsoft",
);

const axis = (at: number): Value => constant(scalar("i64", at));

/** a · b, or a · conj(b). */
function complexProduct(a: Value, b: Value, isConjugate: boolean): Value {
  const part = (x: Value, at: number) => slice(x, [at], [at + 1], [-1], undefined);
  const [ar, ai, br, bi] = [part(a, 0), part(a, 1), part(b, 0), part(b, 1)];
  const [plain, crossed] = isConjugate ? [add, sub] : [sub, add];
  return concat([plain(mul(ar, br), mul(ai, bi)), crossed(mul(ai, br), mul(ar, bi))], { axis: -1 });
}

/** How many axes are transformed. */
function signalAxes(node: OnnxNode): number {
  const [normalized, onesided] = [node.flag("normalized", false), node.flag("onesided", true)];
  if (!normalized && onesided) return node.int("signal_ndim", 1);
  throw new UnsupportedError(
    `only normalized = 0 with onesided = 1 is defined, got normalized = ${Number(normalized)}, onesided = ${Number(onesided)}.`,
  );
}
