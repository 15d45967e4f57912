import { foldInteger, integerFolds } from "./fold-integer.ts";
import type { Immediate, Node, Region } from "./node.ts";
import type { Op, Operation } from "./operations.ts";
import { operations } from "./operations.ts";
import { substitute } from "./substitute.ts";
import type { ScalarType, Type } from "./type.ts";
import { allTypes } from "./type.ts";

/** A value that a region hands from one iteration to the next. */
export interface Carried {
  readonly param: Node;
  readonly init: Node;
  next: Node;
}

/** The first index of a loop, and what it grows by. */
interface Range {
  readonly lo?: Node;
  readonly step?: Node;
}

/** A region under construction. */
export interface Frame extends Range {
  readonly level: number;
  readonly kind: Op;
  readonly body: Node[];
  /** Params that are not carried: the index of a loop, the i and part of `vectors`. */
  readonly fixed: Node[];
  readonly carried: Carried[];
  /** Pure nodes of this region by their key, so that equal ones are one node. */
  readonly known: Map<string | number, Node>;
  /** For loops: carried addresses by the base and scale that they grow from. */
  readonly pointers: Map<string, Node>;
}

/** What a closed region's node has beside its operands; `yields` come before those of carried values. */
interface Closing {
  readonly immediate?: Immediate;
  readonly type?: Type;
  readonly yields?: readonly Node[];
}

const none: Immediate = {};
const noRegions: readonly Region[] = [];

/** -0 and 0 are different constants; NaN is one. */
const numberKey = (value: unknown): string => (Object.is(value, -0) ? "-0" : String(value));

/** Operations with what each node asks of them, in one place: kernels are built in code that has not been compiled yet. */
const rows = Object.fromEntries(
  Object.entries(operations).map(([op, operation], number) => [
    op,
    { ...operation, number, fold: integerFolds[op as Op] },
  ]),
) as unknown as Readonly<Record<Op, Row>>;

interface Row extends Operation {
  /** Below 128. */
  readonly number: number;
  readonly fold: (typeof integerFolds)[Op];
}

/** Types by number, below 32. */
const typeNumbers = Object.fromEntries(allTypes.map((type, i) => [type, i])) as Readonly<Record<Type, number>>;

/** A key that equal pure nodes share: a number where two operands at most say all. */
function keyOf(op: Op, type: Type, args: readonly Node[], immediate: Immediate): string | number {
  const count = args.length;
  if (immediate === none && count > 0 && count <= 2) {
    const a = (args[0] as Node).id;
    const b = count === 2 ? (args[1] as Node).id + 1 : 0;
    if (a < 2 ** 20 && b < 2 ** 20) return ((b * 2 ** 20 + a) * 32 + typeNumbers[type]) * 128 + rows[op].number;
  }
  let key = `${op}|${type}`;
  for (let i = 0; i < count; i++) key += `,${(args[i] as Node).id}`;
  if (immediate !== none) for (const name in immediate) key += `;${name}=${numberKey(immediate[name])}`;
  return key;
}

/** Types that rules have given, by operation and operand types, where nothing else plays a part. */
const ruled = new Map<number, Type>();

/**
 * Builds regions. A pure node is made once and placed in the outermost region where its operands are known, so loop
 * invariants and repeated addresses need no pass of their own. Order of effects is kept.
 */
export class Emitter {
  /** Every node, and the number of regions around its place, by id. */
  readonly #nodes: Node[] = [];
  readonly #levels: number[] = [];
  readonly #constants = { f32: new Map<unknown, Node>(), i32: new Map<unknown, Node>() };
  protected readonly frames: Frame[] = [];

  constructor() {
    this.frames.push(this.#frame("items"));
  }

  protected get top(): Frame {
    return this.frames.at(-1) as Frame;
  }

  /** The number of regions around the place where a node is defined. */
  protected levelOf(node: Node): number {
    if (this.#nodes[node.id] !== node) {
      throw new RangeError(`Bug: %${node.id} (${node.op}) belongs to another kernel.`);
    }
    return this.#levels[node.id] as number;
  }

  /** The open loop whose index is `node`. */
  protected loopOf(node: Node): Frame | undefined {
    const frame = this.frames[this.levelOf(node)];
    return frame?.kind === "loop" && frame.fixed[0] === node ? frame : undefined;
  }

  /** Makes a node of the type that the operation's rule gives; `given` is for operations that leave it open. */
  node(op: Op, args: readonly Node[], immediate: Immediate = none, given?: Type): Node {
    if (op === "const") return this.scalar(given as ScalarType, immediate["value"] as number);
    const { fold, pure } = rows[op];
    if (fold !== undefined && args.length === 2) {
      const folded = foldInteger(op, fold, args);
      if (typeof folded === "number") return this.scalar("i32", folded);
      if (folded !== undefined) return folded;
    }
    const type = this.#typeOf(op, args, immediate, given);
    if (!pure) return this.#place(this.top, op, type, args, immediate);
    let level = 0;
    for (let i = 0; i < args.length; i++) level = Math.max(level, this.levelOf(args[i] as Node));
    const frame = this.frames[level];
    if (frame === undefined) throw new RangeError(`${op} uses a value of a region that is closed.`);
    const key = keyOf(op, type, args, immediate);
    const existing = frame.known.get(key);
    if (existing !== undefined) return existing;
    const made = this.#place(frame, op, type, args, immediate);
    frame.known.set(key, made);
    return made;
  }

  /** A scalar constant. */
  protected scalar(type: ScalarType, value: number): Node {
    const key = Object.is(value, -0) ? "-0" : value;
    const existing = this.#constants[type].get(key);
    if (existing !== undefined) return existing;
    const made = this.#place(this.frames[0] as Frame, "const", type, [], { value });
    this.#constants[type].set(key, made);
    return made;
  }

  #typeOf(op: Op, args: readonly Node[], immediate: Immediate, given: Type | undefined): Type {
    const isPlain = immediate === none && given === undefined && args.length <= 3;
    let key = rows[op].number;
    if (isPlain) {
      for (let i = 0; i < args.length; i++) key = key * 32 + typeNumbers[(args[i] as Node).type] + 1;
      const known = ruled.get(key);
      if (known !== undefined) return known;
    }
    const types = args.map((arg) => arg.type);
    try {
      const type = rows[op].rule(types, immediate, given);
      if (isPlain) ruled.set(key, type);
      return type;
    } catch (error) {
      throw new TypeError(`Cannot build ${op}(${types.join(", ")}): ${(error as Error).message}.`, { cause: error });
    }
  }

  #place(
    frame: Frame,
    op: Op,
    type: Type,
    args: readonly Node[],
    immediate: Immediate,
    regions: readonly Region[] = noRegions,
  ): Node {
    const made: Node = { id: this.#nodes.length, op, type, args, immediate, regions };
    this.#nodes.push(made);
    this.#levels.push(frame.level);
    frame.body.push(made);
    return made;
  }

  #frame(kind: Op, range: Range = {}): Frame {
    const level = this.frames.length;
    return { level, kind, body: [], fixed: [], carried: [], known: new Map(), pointers: new Map(), ...range };
  }

  #param(frame: Frame, type: Type): Node {
    const made: Node = { id: this.#nodes.length, op: "param", type, args: [], immediate: none, regions: noRegions };
    this.#nodes.push(made);
    this.#levels.push(frame.level);
    return made;
  }

  /** Opens a region; nodes go there until `close`. Gives its fixed params. */
  protected open(kind: Op, fixed: readonly Type[], range?: Range): Node[] {
    const frame = this.#frame(kind, range);
    this.frames.push(frame);
    frame.fixed.push(...fixed.map((type) => this.#param(frame, type)));
    return frame.fixed;
  }

  /** Adds a carried value to an open region. Until told otherwise it stays what it is. */
  protected carry(frame: Frame, init: Node): Carried {
    const param = this.#param(frame, init.type);
    const carried: Carried = { param, init, next: param };
    frame.carried.push(carried);
    return carried;
  }

  /** Closes the innermost region and places its node. Gives the node, and its results by the params they come from. */
  protected close(
    args: readonly Node[],
    { immediate = {}, type = "none", yields = [] }: Closing = {},
  ): [Node, Map<Node, Node>] {
    const frame = this.frames.pop() as Frame;
    const idle = frame.carried.filter(({ param, next }) => param === next);
    const live = frame.carried.filter(({ param, next }) => param !== next);
    const region: Region = {
      params: [...frame.fixed, ...live.map(({ param }) => param)],
      body: frame.body,
      yields: [...yields, ...live.map(({ next }) => next)],
    };
    const replaced = new Map(idle.map(({ param, init }) => [param, init]));
    const settled = replaced.size > 0 ? substitute(region, replaced) : region;
    const inits = live.map(({ init }) => init);
    const made = this.#place(this.top, frame.kind, type, [...args, ...inits], immediate, [settled]);
    const results = new Map<Node, Node>(replaced);
    live.forEach(({ param }, index) => {
      results.set(param, this.#place(this.top, "result", param.type, [made], { index }));
    });
    return [made, results];
  }

  /** The outermost region, once all others are closed. */
  protected finish(): Region {
    if (this.frames.length !== 1) throw new RangeError(`Bug: ${this.frames.length - 1} regions are still open.`);
    return { params: [], body: this.top.body, yields: [] };
  }
}
