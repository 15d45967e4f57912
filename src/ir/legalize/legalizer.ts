import type { Operand } from "../arithmetic.ts";
import { Builder } from "../builder.ts";
import { dropDead } from "../drop-dead.ts";
import type { Carried, Frame } from "../emitter.ts";
import type { Kernel, Node, Region } from "../node.ts";
import { computeElement, typeOf } from "../type.ts";
import type { View } from "../view.ts";
import type { Affine } from "./address.ts";
import { addAffine } from "./address.ts";

/** A byte address: a value, and as immediates a constant and, on scalable targets, a multiple of the lanes beside it. */
export interface Address {
  readonly base: Node;
  readonly immediate: { readonly offset: number; readonly perLane?: number };
}

/** The open loop that a value grows with, and for its product with a value from outside the loop that value. */
interface Growth {
  readonly loop: Frame;
  readonly per?: Node;
}

/** A summand of an address: `scale` times `node`. */
interface Term {
  readonly node: Node;
  readonly scale: number;
  readonly growth: Growth | undefined;
}

/** What old values have become. */
interface Scope {
  readonly values: Map<Node, Node>;
  /** How many lanes of a part exist, or undefined for all. */
  readonly counts: Map<Node, Node | undefined>;
}

const newScope = (): Scope => ({ values: new Map(), counts: new Map() });

/** One of several runs of straight code: what it binds first, and what is made of its values at the end. */
export interface Turn<T> {
  readonly begin: () => void;
  readonly result: () => T;
}

/** Rebuilds a kernel: what old values have become, and the pieces that expansions are made of. */
export class Legalizer extends Builder {
  readonly #outer: Scope = newScope();
  /** Where values are bound: in the turn that is being rebuilt, if there is one. */
  #scope = this.#outer;

  /** What an old value has become. */
  get(node: Node | undefined): Node {
    const value = node && (this.#scope.values.get(node) ?? this.#outer.values.get(node));
    if (value === undefined) throw new RangeError(`Bug: %${node?.id} (${node?.op}) has no value yet.`);
    return value;
  }

  bind(old: Node | undefined, value: Node): void {
    if (old) this.#scope.values.set(old, value);
  }

  /**
   * Rebuilds straight code once for each turn. `begin` binds what a turn starts from, and `visit` rebuilds a node. With
   * `interleaves`, each node is rebuilt for all turns before the next. Gives what `result` says of each turn.
   */
  turns<T>(region: Region, visit: (node: Node) => void, turns: readonly Turn<T>[]): T[] {
    const scopes = turns.map(newScope);
    const inTurn = <R>(turn: number, action: () => R): R => {
      this.#scope = scopes[turn] as Scope;
      const made = action();
      this.#scope = this.#outer;
      return made;
    };
    const each = (action: (turn: Turn<T>) => void): void => {
      turns.forEach((turn, number) => {
        inTurn(number, () => action(turn));
      });
    };
    each(({ begin }) => begin());
    if (this.target.interleaves) for (const node of region.body) each(() => visit(node));
    else each(() => region.body.forEach(visit));
    return turns.map(({ result }, number) => inTurn(number, result));
  }

  bindPart(old: Node | undefined, count: Node | undefined): void {
    if (old) this.#scope.counts.set(old, count);
  }

  countOf(part: Node | undefined): Node | undefined {
    return part && (this.#scope.counts.has(part) ? this.#scope : this.#outer).counts.get(part);
  }

  /** Whether the machine alone knows how many lanes it has. */
  get isScalable(): boolean {
    return this.target.lanes === undefined;
  }

  /** The 32-bit lanes of the target, as a constant where they are one. */
  override get lanes(): Node {
    const { lanes } = this.target;
    return lanes === undefined ? super.lanes : this.constant(lanes, "i32");
  }

  /** The 32-bit lanes of a target with a constant number of them. */
  get laneCount(): number {
    const { lanes, name } = this.target;
    if (lanes === undefined) throw new RangeError(`${name} has no constant number of lanes.`);
    return lanes;
  }

  /** Rebuilds a loop or condition around `body`, with its carried values. Gives the results in the order of the inits. */
  rebuild(node: Node, operands: number, body: (region: Region) => void): Node[] {
    const region = node.regions[0] as Region;
    const args = node.args.map((arg) => this.get(arg));
    const isLoop = node.op === "loop";
    const fixed = this.open(
      node.op,
      isLoop ? ["i32"] : [],
      isLoop ? { lo: args[0] as Node, step: args[2] as Node } : {},
    );
    fixed.forEach((param, i) => void this.bind(region.params[i], param));
    const frame = this.top;
    const carried = args.slice(operands).map((init) => this.carry(frame, init));
    carried.forEach(({ param }, i) => void this.bind(region.params[fixed.length + i], param));
    body(region);
    carried.forEach((each, i) => {
      each.next = this.get(region.yields[i]);
    });
    const [, results] = this.close(args.slice(0, operands));
    return carried.map(({ param }) => results.get(param) as Node);
  }

  /** Where an element lies. Inside loops the address becomes a pointer that steps with the loop. */
  address(pointer: Node, index: Node, bytes: number): Address {
    const sum: Affine = { terms: new Map(), constant: 0, perLane: 0 };
    addAffine(sum, pointer, 1);
    addAffine(sum, index, bytes);
    const terms: (Term & { readonly order: number })[] = [];
    sum.terms.forEach((scale, node) => {
      const growth = this.#growth(node);
      terms.push({ node, scale, growth, order: 2 * this.levelOf(node) + (growth ? 0 : 1) });
    });
    if (terms.length > 1) terms.sort((a, b) => a.order - b.order || a.node.id - b.node.id);
    let base: Node | undefined;
    for (const { node, scale, growth } of terms) base = this.#step(base, { node, scale, growth });
    base ??= this.constant(0, "i32");
    const { constant, perLane } = sum;
    const scaled = perLane === 0 ? {} : { perLane };
    if (constant >= 0) return { base, immediate: { offset: constant, ...scaled } };
    return { base: this.iadd(base, this.constant(constant, "i32")), immediate: { offset: 0, ...scaled } };
  }

  /** Reads a vector or quad of 32-bit elements; of a vector the first `count` lanes, where that is given. */
  readFrom({ pointer, storage }: View, index: Operand, form: "vec" | "quad", count?: Node): Node {
    const { base, immediate } = this.address(pointer, this.integer(index), 4);
    const type = typeOf(form, computeElement(storage));
    if (count) return this.node("readFirst", [base, count], { storage, ...immediate }, type);
    return this.node("read", [base], { storage, ...immediate }, type);
  }

  /** Writes a vector of 32-bit elements, or its first `count` lanes. */
  writeTo({ pointer, storage }: View, index: Operand, value: Node, count?: Node): void {
    const { base, immediate } = this.address(pointer, this.integer(index), 4);
    if (count) this.node("writeFirst", [base, value, count], { storage, ...immediate });
    else this.node("write", [base, value], { storage, ...immediate });
  }

  /** An address and `scale` times a value beyond it. */
  #step(from: Node | undefined, { node, scale, growth }: Term): Node {
    const at = from ?? this.constant(0, "i32");
    if (growth === undefined || this.levelOf(at) >= growth.loop.level) {
      const distance = scale === 1 ? node : this.imul(node, scale);
      return from ? this.iadd(from, distance) : distance;
    }
    const { loop, per } = growth;
    const stride = per ? this.imul(per, scale) : this.constant(scale, "i32");
    const key = `${at.id}*${stride.id}`;
    const known = loop.pointers.get(key);
    if (known) return known;
    const { param } = this.#pointer(loop, at, stride);
    loop.pointers.set(key, param);
    return param;
  }

  /** For the index of an open loop, and its product with a value from outside the loop: the loop, and that value. */
  #growth(node: Node): Growth | undefined {
    if (node.op === "param") {
      const loop = this.loopOf(node);
      return loop && { loop };
    }
    if (node.op !== "imul") return undefined;
    const [a, b] = node.args as [Node, Node];
    return this.#growthOfProduct(a, b) ?? this.#growthOfProduct(b, a);
  }

  #growthOfProduct(index: Node, per: Node): Growth | undefined {
    const loop = index.op === "param" ? this.loopOf(index) : undefined;
    return loop && this.levelOf(per) < loop.level ? { loop, per } : undefined;
  }

  /** A carried value at + stride · index of an open loop. */
  #pointer(loop: Frame, at: Node, stride: Node): Carried {
    const carried = this.carry(loop, this.iadd(at, this.imul(loop.lo as Node, stride)));
    carried.next = this.iadd(carried.param, this.imul(loop.step as Node, stride));
    return carried;
  }

  /** The kernel with the regions that were built. */
  kernel(from: Kernel): Kernel {
    const { scratchBytes } = this;
    return { ...from, scratchBytes, legal: true, body: dropDead(this.finish()) };
  }

  /** Keeps the scratch of the kernel that is rebuilt apart from what expansions ask for. */
  reserve(bytes: number): void {
    this.scratchBytes = bytes;
  }
}
