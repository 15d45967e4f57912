import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage, Type } from "../../ir/type.ts";
import { computeElement } from "../../ir/type.ts";
import type { Wide } from "../../ir/wide.ts";
import { addWide, mulWide } from "../../ir/wide.ts";

/** A total that takes in one value after another. */
export interface RunningTotal<V> {
  /** The total so far. */
  value(): V;
  take(value: V): void;
}

export type RunningOp = "add" | "mul";

/**
 * A total from 0 or 1, in lanes or as a scalar. Sums of floats keep what each addition loses (Knuth's two-sum) and are rounded when they are
 * read, so they are as if added in twice the precision.
 */
export function runningTotal(
  k: Builder,
  { op, storage, form }: { readonly op: RunningOp; readonly storage: Storage; readonly form: "scalar" | "vec" },
): RunningTotal<Node> {
  const element = computeElement(storage);
  const type: Type = form === "vec" ? `vec ${element}` : element;
  const total = k.variable(k.constant(op === "add" ? 0 : 1, type));
  if (element === "i32" || op === "mul") {
    const combine = element === "f32" ? k.mul : op === "add" ? k.iadd : k.imul;
    return { value: () => total.get(), take: (value) => total.set(combine(total.get(), value)) };
  }
  const lost = k.variable(k.constant(0, type));
  return {
    value() {
      const sum = total.get();
      return k.select(k.lt(k.abs(sum), Number.POSITIVE_INFINITY), k.add(sum, lost.get()), sum);
    },
    take(value) {
      const before = total.get();
      const sum = k.add(before, value);
      const part = k.sub(sum, before);
      const error = k.add(k.sub(before, k.sub(sum, part)), k.sub(value, part));
      total.set(sum);
      lost.set(k.add(lost.get(), error));
    },
  };
}

/** A total of i64. */
export function wideTotal(k: Builder, op: RunningOp): RunningTotal<Wide> {
  const [low, high] = [op === "add" ? 0 : 1, 0].map((word) => k.variable(k.integer(word))) as [Word, Word];
  const value = (): Wide => ({ low: low.get(), high: high.get() });
  return {
    value,
    take(next) {
      const sum = op === "add" ? addWide(k, value(), next) : mulWide(k, value(), next);
      low.set(sum.low);
      high.set(sum.high);
    },
  };
}

type Word = ReturnType<Builder["variable"]>;
