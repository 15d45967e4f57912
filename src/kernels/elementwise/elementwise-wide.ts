import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import { elementOf } from "../../ir/type.ts";
import type { Wide } from "../../ir/wide.ts";
import { eachBlock, elementwiseSignature } from "./elementwise.ts";
import type { ElementStorage } from "./storage-of.ts";
import { joinWords, splitWords, wordRows } from "./words-of-wide.ts";

/** A chain with i64 among its operands or results. */
export interface ElementwiseWide {
  /** Dimensions outside the innermost one. */
  readonly rank: number;
  readonly operands: readonly { readonly storage: ElementStorage; readonly repeats: boolean }[];
  readonly result: ElementStorage;
  readonly formula: (k: Builder, ...values: readonly (Node | Wide)[]) => Node | Wide;
  /** Elements of a block at most, a multiple of 64. */
  readonly block: number;
}

const stored = (storage: ElementStorage): Storage => (storage === "i64" ? "i32" : storage);

/**
 * As `elementwise`, where i64 may be among the operands or be the result: their words lie in two rows of scratch while a block is computed.
 * Strides of i64 count words.
 */
export const elementwiseWide = kernel(
  "elementwise-wide",
  ({ rank, operands, result, formula, block }: ElementwiseWide) => ({
    signature: elementwiseSignature(
      rank,
      operands.map(({ storage }) => stored(storage)),
      stored(result),
    ),
    build(k, args) {
      const rows = operands.map(({ storage, repeats }) =>
        storage === "i64" && !repeats ? wordRows(k, block) : undefined,
      );
      const made = result === "i64" ? wordRows(k, block) : undefined;
      eachBlock(k, rank, args, ({ start, count, view }) => {
        const sources = operands.map(({ storage, repeats }, i) => {
          const words = rows[i];
          const row = view(i, repeats ? 0 : storage === "i64" ? k.imul(start, 2) : start);
          if (words) {
            splitWords(k, row, words, count);
            return (at: Node, part: Node) => ({ low: k.load(words.low, at, part), high: k.load(words.high, at, part) });
          }
          if (!repeats) return (at: Node, part: Node) => k.load(row, at, part);
          const value = k.loadSplat(row, 0);
          const all = storage === "i64" ? { low: value, high: k.loadSplat(row, 1) } : value;
          return () => all;
        });
        const to = view(-1, made ? k.imul(start, 2) : start);
        k.vectors(count, (at, part) => {
          const value = formula(k, ...sources.map((source) => source(at, part)));
          if (made && "low" in value) {
            k.store(made.low, at, value.low, part);
            k.store(made.high, at, value.high, part);
          } else k.store(to, at, stored01(k, value as Node), part);
        });
        if (made) joinWords(k, made, to, count);
      });
    },
  }),
);

/** A mask as 0 and 1. */
const stored01 = (k: Builder, value: Node): Node =>
  elementOf(value.type) === "mask32" ? k.select(value, k.constant(1, "vec i32"), 0) : value;
