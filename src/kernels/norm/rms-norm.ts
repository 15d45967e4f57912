import { number, rows, size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";

export interface RmsNorm {
  /** How x, and the residual where there is one, are stored. */
  readonly storage?: Storage;
  /** How the result is stored; as x when left out. */
  readonly result?: Storage;
  /** How the scale is stored; without one it is 1, and nothing is read. */
  readonly scale?: Storage;
  /** Whether x + residual is normalised, and stored in `sum` with one rounding to x's storage. Neither is touched otherwise. */
  readonly residual?: boolean;
}

/** y = x · scale / sqrt(mean(x²) + eps); an item is a row. Computed in f32 whatever the storage. `y` may be `x`, and `sum` may be `x` or the residual. */
export const rmsNorm = kernel(
  "rms-norm",
  ({ storage = "f32", result = storage, scale, residual = false }: RmsNorm) => ({
    signature: {
      x: rows(storage),
      residual: rows(storage),
      sum: rows(storage),
      scale: vector(scale ?? "f32"),
      y: rows(result),
      n: size(),
      eps: number(),
    },
    build(k, args) {
      const { x, y, n, eps } = args;
      const from = residual ? args.sum : x;
      k.itemsInTwo({
        values: 1,
        first(r) {
          const step = (acc: Node, i: Node, part: Node): Node => {
            const v = residual
              ? storedSum(k, { x: x.row(r), residual: args.residual.row(r), sum: args.sum.row(r) }, i, part)
              : k.load(x.row(r), i, part);
            return k.fma(v, v, acc);
          };
          return [k.fold(n, { init: 0, combine: "add", step })];
        },
        between: ([squares]) => [k.div(1, k.sqrt(k.add(k.div(squares as Node, k.toF32(n)), eps)))],
        second(r, [s]) {
          k.vectors(n, (i, part) => {
            const normal = k.mul(k.load(from.row(r), i, part), s as Node);
            k.store(y.row(r), i, scale ? k.mul(normal, k.load(args.scale, i, part)) : normal, part);
          });
        },
      });
    },
  }),
);

type Rows = Readonly<Record<"x" | "residual" | "sum", View>>;

/** x + residual as it is after it was stored. */
function storedSum(k: Builder, { x, residual, sum }: Rows, i: Node, part: Node): Node {
  const value = k.add(k.load(x, i, part), k.load(residual, i, part));
  k.store(sum, i, value, part);
  return sum.storage === "f32" ? value : k.load(sum, i, part);
}
