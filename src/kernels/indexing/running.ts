import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { RunningOp, RunningTotal } from "./running-total.ts";
import { runningTotal, wideTotal } from "./running-total.ts";

export interface Running {
  readonly op: RunningOp;
  readonly storage: Storage | "i64";
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

interface Line<V> {
  readonly length: Node;
  readonly read: (at: Node) => V;
  readonly write: (at: Node, value: V) => void;
}

/** Goes along a line, whose elements `read` and `write` reach by number. */
function run<V>(k: Builder, { exclusive, reverse }: Running, total: RunningTotal<V>, line: Line<V>): void {
  k.loop(0, line.length, 1, (i) => {
    const at = reverse ? k.isub(k.isub(line.length, 1), i) : i;
    const value = line.read(at);
    if (exclusive) line.write(at, total.value());
    total.take(value);
    if (!exclusive) line.write(at, total.value());
  });
}

/** Running totals along lines whose elements are `inner` apart. An item is `block` of all `lines`. `y` may be `x`. */
export const runningLines = kernel("running-lines", (options: Running) => {
  const { op, storage } = options;
  const stored = storage === "i64" ? "i32" : storage;
  return {
    signature: { x: vector(stored), y: vector(stored), lines: size(), length: size(), inner: size(), block: size() },
    build(k, { x, y, lines, length, inner, block }) {
      k.items((item) => {
        const first = k.imul(item, block);
        k.loop(first, k.imin(k.iadd(first, block), lines), 1, (line) => {
          const begin = k.iadd(k.imul(k.imul(k.idiv(line, inner), length), inner), k.irem(line, inner));
          const place = (at: Node): Node => k.iadd(begin, k.imul(at, inner));
          if (storage !== "i64") {
            run(k, options, runningTotal(k, { op, storage, form: "scalar" }), {
              length,
              read: (at) => k.loadScalar(x, place(at)),
              write: (at, value) => k.storeScalar(y, place(at), value),
            });
            return;
          }
          const word = (at: Node, i: number): Node => k.iadd(k.imul(place(at), 2), i);
          run(k, options, wideTotal(k, op), {
            length,
            read: (at) => ({ low: k.loadScalar(x, word(at, 0)), high: k.loadScalar(x, word(at, 1)) }),
            write(at, { low, high }) {
              k.storeScalar(y, word(at, 0), low);
              k.storeScalar(y, word(at, 1), high);
            },
          });
        });
      });
    },
  };
});

/** The same along lines side by side: an item is one of `blocks` of `block` neighbouring lines. */
export const runningColumns = kernel("running-columns", (options: Running & { readonly storage: Storage }) => {
  const { op, storage } = options;
  return {
    signature: { x: vector(storage), y: vector(storage), length: size(), inner: size(), blocks: size(), block: size() },
    build(k, { x, y, length, inner, blocks, block }) {
      k.items((item) => {
        const first = k.imul(k.irem(item, blocks), block);
        const begin = k.iadd(k.imul(k.imul(k.idiv(item, blocks), length), inner), first);
        k.vectors(k.imin(k.isub(inner, first), block), (column, part) => {
          const place = (at: Node): Node => k.iadd(k.iadd(begin, column), k.imul(at, inner));
          run(k, options, runningTotal(k, { op, storage, form: "vec" }), {
            length,
            read: (at) => k.load(x, place(at), part),
            write: (at, value) => k.store(y, place(at), value, part),
          });
        });
      });
    },
  };
});
