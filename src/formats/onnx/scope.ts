import { constantOp, dimsOp, input, isAbsent } from "../../graph/leaves.ts";
import type { Value } from "../../graph/value.ts";
import type { AttributeProto, Captures } from "./node.ts";

/** Captures that grow while bodies are imported. */
export class CaptureSet implements Captures {
  readonly outer: Value[] = [];
  readonly inner: Value[] = [];

  /** The input that stands for an outer value inside; constants need none. */
  innerOf(outer: Value, name: string): Value {
    if (outer.op === constantOp || outer.op === dimsOp || isAbsent(outer)) return outer;
    const at = this.outer.indexOf(outer);
    if (at >= 0) return this.inner[at] as Value;
    const inner = input(name, outer.type);
    this.outer.push(outer);
    this.inner.push(inner);
    return inner;
  }
}

/** Captures of a body that becomes part of the graph around it: it sees the outer values themselves. */
export class InlineCaptures extends CaptureSet {
  override innerOf(outer: Value): Value {
    return outer;
  }
}

export interface Surroundings {
  readonly parent: Scope;
  readonly captures: CaptureSet;
}

/** The names in force in one graph, body or function. A body sees the names around it, through its captures. */
export class Scope {
  readonly opsets: ReadonlyMap<string, number>;
  /** Attributes of the call, when the scope is a function's. */
  readonly callAttributes: ReadonlyMap<string, AttributeProto>;
  readonly depth: number;
  readonly #values = new Map<string, Value>();
  readonly #surroundings: Surroundings | undefined;

  constructor(
    opsets: ReadonlyMap<string, number>,
    callAttributes: ReadonlyMap<string, AttributeProto>,
    depth: number,
    surroundings?: Surroundings,
  ) {
    this.opsets = opsets;
    this.callAttributes = callAttributes;
    this.depth = depth;
    this.#surroundings = surroundings;
  }

  define(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  defines(name: string): boolean {
    return this.#values.has(name);
  }

  lookup(name: string): Value | undefined {
    const own = this.#values.get(name);
    if (own !== undefined || this.#surroundings === undefined) return own;
    const { parent, captures } = this.#surroundings;
    const outer = parent.lookup(name);
    if (outer === undefined) return undefined;
    const inner = captures.innerOf(outer, name);
    this.#values.set(name, inner);
    return inner;
  }
}
