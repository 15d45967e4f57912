import { invariant, within } from "../tensor/errors.ts";
import { construct } from "./construct.ts";
import type { Graph } from "./graph.ts";
import { isGraph } from "./graph.ts";
import { internKey } from "./intern.ts";
import { inputOp } from "./leaves.ts";
import type { Match } from "./match.ts";
import { match } from "./match.ts";
import type { Op } from "./op.ts";
import { withOrigin } from "./origin.ts";
import { rootOps } from "./root-ops.ts";
import type { Bindings, Rule } from "./rule.ts";
import { topological } from "./topological.ts";
import { formatType } from "./type.ts";
import { useCounts } from "./use-counts.ts";
import type { Attributes, Value } from "./value.ts";
import { withOperands } from "./with-operands.ts";

/** A change that looks at one value at a time, whatever its operator: constant folding and the like. */
export interface Simplifier {
  readonly name: string;
  /** A better value of the same type, or undefined to leave it. */
  readonly apply: (value: Value) => Value | undefined;
}

/** One firing of a rule or simplifier: which, at which origin, what it matched and what it put there. */
export interface Firing {
  readonly rule: string;
  readonly at: string;
  readonly before: Value;
  readonly after: Value;
}

export interface RewriteOptions {
  readonly rules?: readonly Rule[];
  readonly simplifiers?: readonly Simplifier[];
  readonly onFiring?: (firing: Firing) => void;
}

const maxSweeps = 200;

/**
 * Rewrites a graph, bodies of control flow included, until no rule fires. Equal values become one and dead ones vanish on
 * the way. Each sweep goes from the outputs to the inputs, so that larger patterns are seen before their parts.
 */
export function rewrite(graph: Graph, options: RewriteOptions): Graph {
  return new Rewriter(options).run(graph);
}

class Rewriter {
  readonly #options: RewriteOptions;
  readonly #byRoot = new Map<Op, Rule[]>();
  readonly #interned = new Map<string, Value>();
  readonly #bodies = new WeakMap<Graph, Graph>();
  readonly #simplified = new WeakMap<Value, Value>();
  /** Values that are remade as themselves while their operands are. */
  readonly #settled = new Set<Value>();
  /** Whether a simplifier has made values that no simplifier has seen yet. */
  #hasUnseen = false;

  constructor(options: RewriteOptions) {
    this.#options = options;
    for (const rule of options.rules ?? []) {
      for (const op of new Set(rule.match.flatMap(rootOps)))
        this.#byRoot.set(op, [...(this.#byRoot.get(op) ?? []), rule]);
    }
  }

  run(graph: Graph): Graph {
    let current = this.#rebuild(graph, new Map());
    for (let sweep = 0; ; sweep++) {
      const replaced = this.#sweep(current);
      if (replaced.size === 0 && !this.#hasUnseen) return current;
      if (sweep >= maxSweeps) failOnEndlessRules(replaced);
      this.#hasUnseen = false;
      current = this.#rebuild(current, replaced);
    }
  }

  #sweep(graph: Graph): Map<Value, Value> {
    const replaced = new Map<Value, Value>();
    const taken = new Set<Value>();
    const uses = useCounts(graph);
    for (const value of topological(graph.outputs.map((output) => output.value)).reverse()) {
      if (taken.has(value)) continue;
      for (const rule of this.#byRoot.get(value.op) ?? []) {
        const fired = fire(rule, value, uses);
        if (fired === undefined || fired.also.some(([inner]) => replaced.has(inner))) continue;
        replaced.set(value, fired.after);
        for (const [inner, instead] of fired.also) replaced.set(inner, instead);
        for (const inner of fired.spelled) taken.add(inner);
        this.#options.onFiring?.({ rule: rule.name, at: value.origin, before: value, after: fired.after });
        break;
      }
    }
    return replaced;
  }

  #rebuild(graph: Graph, replaced: ReadonlyMap<Value, Value>): Graph {
    const made = new Map<Value, Value>();
    const operandsOf = (value: Value): readonly Value[] => {
      const replacement = replaced.get(value);
      return replacement === undefined ? value.operands : [replacement];
    };
    for (const value of topological(
      graph.outputs.map((output) => output.value),
      operandsOf,
    )) {
      const replacement = replaced.get(value);
      made.set(value, replacement === undefined ? this.#remake(value, made) : (made.get(replacement) as Value));
    }
    const outputs = graph.outputs.map(({ name, value }) => ({ name, value: made.get(value) as Value }));
    return { ...graph, outputs };
  }

  #remake(value: Value, made: ReadonlyMap<Value, Value>): Value {
    if (value.op === inputOp) return value;
    let unchanged = true;
    const operands = value.operands.map((operand) => {
      const done = made.get(operand);
      if (done === undefined) failOnSelfUse(operand, value);
      unchanged &&= done === operand;
      return done;
    });
    if (unchanged && this.#settled.has(value)) return value;
    const remade = this.#remakeWith(value, operands, unchanged);
    if (remade === value) this.#settled.add(value);
    return remade;
  }

  #remakeWith(value: Value, operands: readonly Value[], unchanged: boolean): Value {
    const attributes = this.#withBodies(value.attributes);
    if (attributes !== value.attributes) {
      const remade = withOrigin(value.origin, () => construct(value.op, operands, attributes) as Value);
      return this.#simplify(this.#intern(remade));
    }
    return this.#simplify(this.#intern(unchanged ? value : withOperands(value, operands)));
  }

  #intern(value: Value): Value {
    const key = internKey(value);
    if (key === undefined) return value;
    const known = this.#interned.get(key);
    if (known !== undefined) return known;
    this.#interned.set(key, value);
    return value;
  }

  #simplify(value: Value): Value {
    const known = this.#simplified.get(value);
    if (known !== undefined) return known;
    let current = value;
    for (const simplifier of this.#options.simplifiers ?? []) {
      const better = withOrigin(current.origin, () => simplifier.apply(current));
      if (better === undefined || better === current) continue;
      this.#options.onFiring?.({ rule: simplifier.name, at: value.origin, before: current, after: better });
      this.#hasUnseen ||= better.operands.length > 0;
      current = this.#intern(better);
    }
    this.#simplified.set(value, current);
    return current;
  }

  #withBodies(attributes: Attributes): Attributes {
    const bodies = Object.entries(attributes).filter((entry): entry is [string, Graph] => isGraph(entry[1]));
    const changed = bodies.map(([name, body]) => [name, this.#body(body)] as const);
    return changed.every(([name, body]) => attributes[name] === body)
      ? attributes
      : { ...attributes, ...Object.fromEntries(changed) };
  }

  #body(body: Graph): Graph {
    const known = this.#bodies.get(body);
    if (known !== undefined) return known;
    const rewritten = new Rewriter(this.#options).run(body);
    const result = rewritten.outputs.every(({ value }, i) => value === body.outputs[i]?.value) ? body : rewritten;
    this.#bodies.set(body, result);
    this.#bodies.set(result, result);
    return result;
  }
}

const describe = (value: Value): string => `${value.op.name} "${value.origin}"`;

function failOnEndlessRules(replaced: ReadonlyMap<Value, Value>): never {
  const places = [...replaced.keys()].slice(0, 10).map(describe).join(", ");
  invariant(false, `the rules do not come to an end; still firing at ${places}.`);
}

function failOnSelfUse(replaced: Value, user: Value): never {
  invariant(false, `the replacement of ${describe(replaced)} uses that value itself, in ${describe(user)}.`);
}

/** True when nothing outside the match uses a value inside it (the root aside). */
function isExclusive({ spelled }: Match, uses: ReadonlyMap<Value, number>): boolean {
  const [root, ...inner] = spelled;
  const within = new Map<Value, number>();
  for (const value of new Set(spelled)) {
    for (const operand of value.operands) within.set(operand, (within.get(operand) ?? 0) + 1);
  }
  return inner.every((value) => value === root || within.get(value) === uses.get(value));
}

function fire(rule: Rule, root: Value, uses: ReadonlyMap<Value, number>) {
  for (const pattern of rule.match) {
    const accept = (found: Match) =>
      (rule.shared || isExclusive(found, uses)) && rule.when(Object.fromEntries(found.bound) as Bindings<string>, root);
    const found = match(pattern, root, accept);
    if (found === undefined) continue;
    const bound = Object.fromEntries(found.bound) as Bindings<string>;
    const after = within(`rule ${rule.name} at "${root.origin}"`, () =>
      withOrigin(root.origin, () => rule.replace(bound, root)),
    );
    if (after === undefined || after === root) continue;
    checkType(rule, root, after);
    const also = withOrigin(root.origin, () => rule.also(bound, after));
    for (const [inner, instead] of also) checkType(rule, inner, instead);
    return { after, also, spelled: found.spelled };
  }
  return undefined;
}

/** A replacement keeps kind, dtype and rank; dims may only become better known. */
function checkType(rule: Rule, before: Value, after: Value): void {
  const [a, b] = [before.type, after.type];
  const fits =
    a.kind === "tensor" && b.kind === "tensor"
      ? a.dtype === b.dtype && (a.shape === undefined || b.shape === undefined || a.shape.length === b.shape.length)
      : a.kind === b.kind;
  invariant(fits, `rule ${rule.name} at "${before.origin}" turns ${formatType(a)} into ${formatType(b)}.`);
}
