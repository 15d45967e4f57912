import type { Arguments, Signature } from "../../ir/arguments.ts";
import { rows, size, strided } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import { placeIn } from "../matmul/place-in.ts";

/** Rows that an item turns. */
export const rotaryRows = 64;

export interface RotaryEmbedding {
  /** Dimensions that the rows are seen in. */
  readonly rank: number;
  readonly storage: Storage;
  /** Pairs are neighbours, not `half` apart. */
  readonly interleaved: boolean;
}

const signatureOf = ({ rank, storage }: RotaryEmbedding) =>
  ({
    ...{ x: rows(storage), y: rows(storage), cos: strided(rank, storage), sin: strided(rank, storage) },
    ...(Object.fromEntries(Array.from({ length: rank }, (_, d) => [`extent${d}`, size()])) as Readonly<
      Record<never, never>
    >),
    ...{ rows: size(), half: size(), size: size() },
  }) satisfies Signature;

type Words = Arguments<ReturnType<typeof signatureOf>>;

/**
 * Turns the first 2 · half elements of each row in pairs: (a, b) becomes (a · cos - b · sin, a · sin + b · cos); the others are kept. cos and sin have
 * a stride for each dimension of the rows. An item is `rotaryRows` rows. `y` may be `x`.
 */
export const rotaryEmbedding = kernel("rotary-embedding", (options: RotaryEmbedding) => ({
  signature: signatureOf(options),
  build(k: Builder, args: Words) {
    const words = args as unknown as Readonly<Record<string, Node>>;
    const extents = Array.from({ length: options.rank }, (_, d) => words[`extent${d}`] as Node);
    k.items((item) => {
      const first = k.imul(item, rotaryRows);
      k.loop(0, k.imin(k.isub(args.rows, first), rotaryRows), 1, (i) => {
        const row = k.iadd(first, i);
        const at = placeIn(k, row, extents);
        const turn = options.interleaved ? turnNeighbours : turnHalves;
        turn(k, args, { x: args.x.row(row), y: args.y.row(row), cos: at(args.cos), sin: at(args.sin) });
        const kept = k.imul(args.half, 2);
        const [from, to] = [k.viewAt(args.x.row(row), kept), k.viewAt(args.y.row(row), kept)];
        k.vectors(k.isub(args.size, kept), (j, part) => k.store(to, j, k.load(from, j, part), part));
      });
    });
  },
}));

interface Row {
  readonly x: View;
  readonly y: View;
  readonly cos: View;
  readonly sin: View;
}

/** One product less the other, and one plus the other, each rounded: the same bits with and without a fused multiply-add. */
function turned(k: Builder, [a, b]: readonly [Node, Node], [c, s]: readonly [Node, Node]): [Node, Node] {
  return [k.sub(k.mul(a, c), k.mul(b, s)), k.add(k.mul(a, s), k.mul(b, c))];
}

function turnHalves(k: Builder, { half }: Words, { x, y, cos, sin }: Row): void {
  const [upper, target] = [k.viewAt(x, half), k.viewAt(y, half)];
  k.vectors(half, (j, part) => {
    const pair = [k.load(x, j, part), k.load(upper, j, part)] as const;
    const [a, b] = turned(k, pair, [k.load(cos, j, part), k.load(sin, j, part)]);
    k.store(y, j, a, part);
    k.store(target, j, b, part);
  });
}

function turnNeighbours(k: Builder, { half }: Words, { x, y, cos, sin }: Row): void {
  k.loop(0, half, 1, (j) => {
    const at = k.imul(j, 2);
    const pair = [k.loadScalar(x, at), k.loadScalar(x, k.iadd(at, 1))] as const;
    const [a, b] = turned(k, pair, [k.loadScalar(cos, j), k.loadScalar(sin, j)]);
    k.storeScalar(y, at, a);
    k.storeScalar(y, k.iadd(at, 1), b);
  });
}
