import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";

export interface Mix {
  readonly x: Storage;
  readonly y: Storage;
  /** Elements that are mixed for each result; one is moved as it is. */
  readonly taps: number;
}

/**
 * y[outer, o, i] = Σ weights[t, o] · x[outer, indexes[t, o], i], in the order of t. An item is a row of `inner` elements.
 */
export const mixRows = kernel("mix-rows", ({ x: from, y: to, taps }: Mix) => ({
  signature: {
    x: vector(from),
    y: vector(to),
    indexes: vector("i32"),
    weights: vector(),
    input: size(),
    output: size(),
    inner: size(),
  },
  build(k, { x, y, indexes, weights, input, output, inner }) {
    k.items((item) => {
      const o = k.irem(item, output);
      const plane = k.imul(k.idiv(item, output), input);
      const each = Array.from({ length: taps }, (_, t) => {
        const at = k.iadd(k.imul(t, output), o);
        const row = k.iadd(plane, k.loadScalar(indexes, at));
        return { row: k.viewAt(x, k.imul(row, inner)), weight: taps === 1 ? undefined : k.loadSplat(weights, at) };
      });
      const target = k.viewAt(y, k.imul(item, inner));
      k.vectors(inner, (i, part) => {
        const sum = each.reduce<Node | undefined>((acc, { row, weight }) => {
          const value = k.load(row, i, part);
          return weight ? k.fma(weight, value, acc ?? 0) : value;
        }, undefined);
        k.store(target, i, sum as Node, part);
      });
    });
  },
}));

export interface MixColumns extends Mix {
  /** Where result o moves element o / repeat: a power of two that is known; else 0. */
  readonly repeat: number;
}

/** Results that are done at a time. */
const chunk = 256;

/** y[row, o] = Σ weights[t, o] · x[row, indexes[t, o]], in the order of t. An item is `block` rows. */
export const mixColumns = kernel("mix-columns", ({ x: from, y: to, taps, repeat }: MixColumns) => ({
  signature: {
    x: vector(from),
    y: vector(to),
    indexes: vector("i32"),
    weights: vector(),
    input: size(),
    output: size(),
    rows: size(),
    block: size(),
  },
  build(k, { x, y, indexes, weights, input, output, rows, block }) {
    const [gathered, sums] = [k.scratch(chunk), k.scratch(chunk)];
    k.items((item) => {
      const first = k.imul(item, block);
      k.loop(first, k.imin(k.iadd(first, block), rows), 1, (r) => {
        const [source, target] = [k.viewAt(x, k.imul(r, input)), k.viewAt(y, k.imul(r, output))];
        const move = (o: Node): void => k.storeScalar(target, o, k.loadScalar(source, k.loadScalar(indexes, o)));
        if (taps === 1) {
          const done = repeat > 0 ? repeatQuads(k, { source, target, input, repeat }) : k.integer(0);
          k.loop(done, output, 1, move);
          return;
        }
        k.loop(0, output, chunk, (o) => {
          const count = k.imin(k.isub(output, o), chunk);
          for (let t = 0; t < taps; t++) {
            const at = k.iadd(k.imul(t, output), o);
            k.loop(0, count, 1, (i) =>
              k.storeScalar(gathered, i, k.loadScalar(source, k.loadScalar(indexes, k.iadd(at, i)))),
            );
            k.vectors(count, (i, part) => {
              const before = t === 0 ? 0 : k.load(sums, i, part);
              const sum = k.fma(k.load(weights, k.iadd(at, i), part), k.load(gathered, i, part), before);
              if (t + 1 < taps) k.store(sums, i, sum, part);
              else k.store(target, k.iadd(o, i), sum, part);
            });
          }
        });
      });
    });
  },
}));

interface RepeatQuads {
  readonly source: Parameters<Builder["loadQuad"]>[0];
  readonly target: Parameters<Builder["loadQuad"]>[0];
  readonly input: Node;
  readonly repeat: number;
}

/** Repeats each of the elements that come in fours; gives how many results that makes. */
function repeatQuads(k: Builder, { source, target, input, repeat }: RepeatQuads): Node {
  const whole = k.and(input, -4);
  k.loop(0, whole, 4, (i) => {
    const quad = k.loadQuad(source, i);
    const at = k.imul(i, repeat);
    for (let part = 0; part < repeat; part++) {
      const lanes = Array.from({ length: 4 }, (_, lane) => Math.floor((4 * part + lane) / repeat));
      k.storeQuad(target, k.iadd(at, 4 * part), k.shuffle(quad, quad, lanes));
    }
  });
  return k.imul(whole, repeat);
}
