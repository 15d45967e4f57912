/**
 * Plain loops over scalars with one sum each, in the kernel language: what `bench-kernel` compares kernels with. Their operands are f32 rows one
 * after another.
 */
import type { Signature } from "../ir/arguments.ts";
import { number, rows, size, vector } from "../ir/arguments.ts";
import type { Builder } from "../ir/builder.ts";
import type { KernelFamily } from "../ir/kernel.ts";
import { kernel } from "../ir/kernel.ts";
import type { Node } from "../ir/node.ts";
import type { View } from "../ir/view.ts";

type None = Readonly<Record<never, never>>;

/** The value of a loop over `n` that starts from `init`. */
function accumulate(k: Builder, n: Node, init: number, step: (acc: Node, i: Node) => Node): Node {
  const acc = k.variable(k.constant(init, "f32"));
  k.loop(0, n, 1, (i) => acc.set(step(acc.get(), i)));
  return acc.get();
}

const sum = (k: Builder, n: Node, term: (i: Node) => Node): Node =>
  accumulate(k, n, 0, (acc, i) => k.add(acc, term(i)));

const square = (k: Builder, value: Node): Node => k.mul(value, value);

const rowOfX = { x: rows(), y: rows(), n: size() } satisfies Signature;

export const scalarRmsNorm = kernel("scalar-rms-norm", (_: None) => ({
  signature: { ...rowOfX, scale: vector(), eps: number() },
  build(k, { x, y, n, scale, eps }) {
    k.items((r) => {
      const [from, to] = [x.row(r), y.row(r)];
      const squares = sum(k, n, (i) => square(k, k.loadScalar(from, i)));
      const s = k.div(1, k.sqrt(k.add(k.div(squares, k.toF32(n)), eps)));
      k.loop(0, n, 1, (i) => k.storeScalar(to, i, k.mul(k.mul(k.loadScalar(from, i), s), k.loadScalar(scale, i))));
    });
  },
}));

export const scalarLayerNorm = kernel("scalar-layer-norm", (_: None) => ({
  signature: { ...rowOfX, scale: vector(), bias: vector(), eps: number() },
  build(k, { x, y, n, scale, bias, eps }) {
    k.items((r) => {
      const [from, to] = [x.row(r), y.row(r)];
      const mean = k.div(
        sum(k, n, (i) => k.loadScalar(from, i)),
        k.toF32(n),
      );
      const squares = sum(k, n, (i) => square(k, k.sub(k.loadScalar(from, i), mean)));
      const s = k.div(1, k.sqrt(k.add(k.div(squares, k.toF32(n)), eps)));
      k.loop(0, n, 1, (i) => {
        const normal = k.mul(k.sub(k.loadScalar(from, i), mean), s);
        k.storeScalar(to, i, k.add(k.mul(normal, k.loadScalar(scale, i)), k.loadScalar(bias, i)));
      });
    });
  },
}));

export const scalarSoftmax = kernel("scalar-softmax", (_: None) => ({
  signature: rowOfX,
  build(k, { x, y, n }) {
    k.items((r) => {
      const [from, to] = [x.row(r), y.row(r)];
      const top = accumulate(k, n, Number.NEGATIVE_INFINITY, (acc, i) => k.max(acc, k.loadScalar(from, i)));
      const total = sum(k, n, (i) => keep(k, to, i, k.exp(k.sub(k.loadScalar(from, i), top))));
      k.loop(0, n, 1, (i) => k.storeScalar(to, i, k.div(k.loadScalar(to, i), total)));
    });
  },
}));

/** The value, stored on the way. */
function keep(k: Builder, to: View, i: Node, value: Node): Node {
  k.storeScalar(to, i, value);
  return value;
}

export const scalarReduceRows = kernel("scalar-reduce-rows", (_: None) => ({
  signature: { x: rows(), y: vector(), n: size() },
  build(k, { x, y, n }) {
    k.items((r) =>
      k.storeScalar(
        y,
        r,
        sum(k, n, (i) => k.loadScalar(x.row(r), i)),
      ),
    );
  },
}));

export const scalarSilu = kernel("scalar-silu", (_: None) => ({
  signature: rowOfX,
  build(k, { x, y, n }) {
    k.items((r) => {
      const [from, to] = [x.row(r), y.row(r)];
      k.loop(0, n, 1, (i) => {
        const value = k.loadScalar(from, i);
        k.storeScalar(to, i, k.div(value, k.add(1, k.exp(k.neg(value)))));
      });
    });
  },
}));

/** y = max(x · w + bias, 0) for w [depth][n]. */
export const scalarLinear = kernel("scalar-linear", (_: None) => ({
  signature: { ...rowOfX, w: vector(), bias: vector(), depth: size() },
  build(k, { x, y, n, w, bias, depth }) {
    k.items((r) => {
      const [from, to] = [x.row(r), y.row(r)];
      k.loop(0, n, 1, (j) => {
        const total = sum(k, depth, (p) => k.mul(k.loadScalar(from, p), k.loadScalar(w, k.iadd(k.imul(p, n), j))));
        k.storeScalar(to, j, k.max(k.add(total, k.loadScalar(bias, j)), 0));
      });
    });
  },
}));

export type ScalarKernel = KernelFamily<None>;
