import { number, rows, size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";

export interface LayerNorm {
  readonly storage?: Storage;
  /** Whether there are a scale and a bias; those that are not there are not read. */
  readonly scale?: boolean;
  readonly bias?: boolean;
}

/**
 * y = (x - mean x) · scale / sqrt(mean (x - mean x)² + eps) + bias; an item is a row. The mean is taken first, so large
 * means cost no digits of the variance. `y` may be `x`.
 */
export const layerNorm = kernel("layer-norm", ({ storage = "f32", scale = true, bias = true }: LayerNorm) => ({
  signature: {
    x: rows(storage),
    scale: vector(storage),
    bias: vector(storage),
    y: rows(storage),
    n: size(),
    eps: number(),
  },
  build(k, args) {
    const { x, y, n, eps } = args;
    const count = k.toF32(n);
    k.itemsInTwo({
      values: 2,
      first(r) {
        const sum = k.fold(n, {
          init: 0,
          combine: "add",
          step: (acc, i, part) => k.add(acc, k.load(x.row(r), i, part)),
        });
        const mean = k.div(sum, count);
        const squares = k.fold(n, {
          init: 0,
          combine: "add",
          step(acc, i, part) {
            const d = k.sub(k.load(x.row(r), i, part), mean);
            return k.fma(d, d, acc);
          },
        });
        return [mean, squares];
      },
      between: ([mean, squares]) => [mean as Node, k.div(1, k.sqrt(k.add(k.div(squares as Node, count), eps)))],
      second(r, [mean, s]) {
        k.vectors(n, (i, part) => {
          const normal = k.mul(k.sub(k.load(x.row(r), i, part), mean as Node), s as Node);
          const scaled = scale ? k.mul(normal, k.load(args.scale, i, part)) : normal;
          k.store(y.row(r), i, bias ? k.add(scaled, k.load(args.bias, i, part)) : scaled, part);
        });
      },
    });
  },
}));
