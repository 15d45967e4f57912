import type { Operand } from "./arithmetic.ts";
import type { Carried, Frame } from "./emitter.ts";
import { Memory } from "./memory.ts";
import type { Node } from "./node.ts";
import type { Op } from "./operations.ts";
import type { Target } from "./target.ts";
import { Tile } from "./tile.ts";
import { elementOf } from "./type.ts";

/** A value that may change: reading gives the value of this place in the code. */
export interface Variable {
  get(): Node;
  set(value: Node): void;
}

/** How the accumulators of a fold come together. */
export type Combine = "add" | "max" | "min" | "mul";

export interface Fold {
  readonly init: Operand;
  readonly combine: Combine;
  /** The next accumulator, from this one and the elements from `i` on that are in `part`. */
  readonly step: (acc: Node, i: Node, part: Node) => Node;
}

/** Items in two parts that scalars connect. */
export interface TwoParts {
  /** How many scalars, all f32. */
  readonly values: number;
  readonly first: (item: Node) => readonly Node[];
  /** What `second` gets, from what `first` made. */
  readonly between: (made: readonly Node[]) => readonly Node[];
  readonly second: (item: Node, values: readonly Node[]) => void;
}

/** Regions that run more than once without handing values on. */
const closed: ReadonlySet<Op> = new Set<Op>(["items", "vectors", "fold"]);

/** The whole kernel language: what a kernel function gets as `k`. */
export class Builder extends Memory {
  readonly target: Target;
  readonly #touched = new Map<Frame, Map<object, { carried: Carried; leave: (result: Node) => void }>>();

  constructor(target: Target) {
    super();
    this.target = target;
  }

  /** Whether the target has an operation beyond the leaves. */
  has(op: Op): boolean {
    return this.target.features.has(op);
  }

  /** Runs `body` for each work item of this call. */
  items(body: (item: Node) => void): void {
    const [item] = this.open("items", ["i32"]) as [Node];
    body(item);
    this.close([]);
  }

  /**
   * Runs `first` and `second` for each work item of this call, `first` of the next item before `second` of this one: a machine that works
   * ahead then has something to do while the scalars between them are made, one after another. `second` must not write what `first` of
   * another item reads.
   */
  itemsInTwo({ values, first, between, second }: TwoParts): void {
    const variables = (): readonly Variable[] =>
      Array.from({ length: values }, () => this.variable(this.constant(0, "f32")));
    const setAll = (all: readonly Variable[], to: readonly Node[]): void =>
      all.forEach((each, i) => void each.set(to[i] as Node));
    const [begin, end, kept] = [this.node("begin", []), this.node("end", []), variables()];
    this.loop(begin, this.iadd(end, 1), 1, (item) => {
      const made = variables();
      this.when(this.lt(item, end), () => setAll(made, first(item)));
      this.when(this.lt(begin, item), () =>
        second(
          this.isub(item, 1),
          kept.map((each) => each.get()),
        ),
      );
      setAll(kept, between(made.map((each) => each.get())));
    });
  }

  /** Runs `body` for i = lo, lo + step, ... while i < hi. Variables keep what the last iteration set. */
  loop(lo: Operand, hi: Operand, step: Operand, body: (i: Node) => void): void {
    const bounds = [lo, hi, step].map((bound) => this.integer(bound)) as [Node, Node, Node];
    const [i] = this.open("loop", ["i32"], { lo: bounds[0], step: bounds[2] }) as [Node];
    body(i);
    this.#leave(bounds);
  }

  /** Runs `body` where an i32 is not 0. */
  when(condition: Node, body: () => void): void {
    this.open("when", []);
    body();
    this.#leave([condition]);
  }

  /** Maps elements 0 .. n-1, one vector at a time, in any order. `most`: the vectors that they certainly fit, where that is few. */
  vectors(n: Operand, body: (i: Node, part: Node) => void, most?: number): void {
    const [i, part] = this.open("vectors", ["i32", "part"]) as [Node, Node];
    body(i, part);
    this.close([this.integer(n)], most === undefined ? {} : { immediate: { most } });
  }

  /**
   * Reduces elements 0 .. n-1 to a scalar: element i goes to accumulator i mod 64, in order, then accumulator j takes up
   * j + h for h = 32, 16, 8, 4, 2, 1. The bits do not depend on the target's lanes.
   */
  fold(n: Operand, { init, combine, step }: Fold): Node {
    const start = typeof init === "number" ? this.constant(init, "f32") : init;
    const element = elementOf(start.type);
    const [acc, i, part] = this.open("fold", [`vec ${element}`, "i32", "part"]) as [Node, Node, Node];
    const yields = [step(acc, i, part)];
    const [made] = this.close([this.integer(n), start], { immediate: { combine }, type: start.type, yields });
    return made;
  }

  /** A value that loops and conditions may change. */
  variable(init: Node): Variable {
    const home = this.top;
    const key = {};
    let current = init;
    const valueIn = (frame: Frame): Node => {
      if (frame === home) return current;
      const parent = this.frames[frame.level - 1] as Frame;
      return closed.has(frame.kind) ? valueIn(parent) : carriedIn(frame, parent).next;
    };
    const carriedIn = (frame: Frame, parent: Frame): Carried => {
      const touched = this.#touched.get(frame) ?? new Map();
      this.#touched.set(frame, touched);
      const known = touched.get(key);
      if (known) return known.carried;
      const carried = this.carry(frame, valueIn(parent));
      touched.set(key, { carried, leave: (result: Node) => assign(parent, result) });
      return carried;
    };
    const assign = (frame: Frame, value: Node): void => {
      if (frame === home) current = value;
      else if (closed.has(frame.kind))
        throw new TypeError(`A variable of an outer region cannot be set in ${frame.kind}.`);
      else carriedIn(frame, this.frames[frame.level - 1] as Frame).next = value;
    };
    return { get: () => valueIn(this.top), set: (value) => assign(this.top, value) };
  }

  /** A tile of mr × nv accumulators, all 0, that stay in registers. More than the target has is an error. */
  tile(mr: number, nv: number): Tile {
    return new Tile(this, mr, nv);
  }

  /** Closes a loop or condition and gives its variables their values after it. */
  #leave(args: readonly Node[]): void {
    const frame = this.top;
    const [, results] = this.close(args);
    for (const { carried, leave } of this.#touched.get(frame)?.values() ?? []) {
      const result = results.get(carried.param) as Node;
      if (result !== carried.init) leave(result);
    }
    this.#touched.delete(frame);
  }
}
