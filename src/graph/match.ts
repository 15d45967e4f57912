import { isFloat } from "../tensor/dtype.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { firstElement } from "../tensor/stored-tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { attributeEquals } from "./attribute-equals.ts";
import { constantTensor } from "./leaves.ts";
import type { Op } from "./op.ts";
import { bindOp, holeOp, literalOp, oneOfOp } from "./pattern.ts";
import type { Term, Value } from "./value.ts";

/** A successful match: what each hole stands for, and the operator applications that the pattern spelled out (the root first). */
export interface Match {
  readonly bound: ReadonlyMap<string, Value>;
  readonly spelled: readonly Value[];
}
type Continue = (match: Match) => Match | undefined;

/** Matches a pattern against a value; `accept` may refuse a match, and then the next one is tried. */
export function match(pattern: Term<string>, value: Value, accept: (match: Match) => boolean): Match | undefined {
  return step(pattern, value, { bound: new Map(), spelled: [] }, (found) => (accept(found) ? found : undefined));
}

function step(pattern: Term<string>, value: Value, sofar: Match, next: Continue): Match | undefined {
  switch (pattern.op) {
    case holeOp: {
      const found = bindTo(pattern.attributes["name"] as string, value, sofar);
      return found && next(found);
    }
    case bindOp:
      return step(pattern.operands[0] as Term<string>, value, sofar, (found) => {
        const named = bindTo(pattern.attributes["name"] as string, value, found);
        return named && next(named);
      });
    case literalOp:
      return isConstantOf(value, pattern.attributes["value"] as number, pattern.attributes["tolerance"] as number)
        ? next(sofar)
        : undefined;
    case oneOfOp:
      for (const alternative of pattern.operands) {
        const found = step(alternative, value, sofar, next);
        if (found) return found;
      }
      return undefined;
    default:
      return pattern.type === undefined
        ? application(pattern, value, sofar, next)
        : sameValue(pattern, value, sofar, next);
  }
}

/** A value inside a pattern (a constant written in a rule, an absent operand) matches itself or its equal. */
function sameValue(pattern: Term<string>, value: Value, sofar: Match, next: Continue): Match | undefined {
  if (pattern === value) return next(sofar);
  const [a, b] = [constantTensor(pattern as Value), constantTensor(value)];
  return a !== undefined && b !== undefined && attributeEquals(a, b) ? next(sofar) : undefined;
}

function application(pattern: Term<string>, value: Value, sofar: Match, next: Continue): Match | undefined {
  if (pattern.op !== value.op || pattern.operands.length !== value.operands.length) return undefined;
  for (const name of Object.keys(pattern.attributes)) {
    if (!attributeEquals(pattern.attributes[name], value.attributes[name])) return undefined;
  }
  const { commutative } = pattern.op;
  if (!commutative && !mayMatch(pattern.operands, value.operands)) return undefined;
  const begun: Match = { bound: sofar.bound, spelled: [...sofar.spelled, value] };
  const found = operandsFrom(0, pattern.operands, value.operands)(begun, next);
  if (found !== undefined || !commutative) return found;
  const [a, b, ...rest] = value.operands as [Value, Value, ...Value[]];
  return a === b ? undefined : operandsFrom(0, pattern.operands, [b, a, ...rest])(begun, next);
}

/** False where an operand certainly is of another operator than its pattern. */
function mayMatch(patterns: readonly Term<string>[], values: readonly Value[]): boolean {
  for (let i = 0; i < patterns.length; i++) {
    const { op, type } = patterns[i] as Term<string>;
    if (type === undefined && !patternOps.has(op) && op !== (values[i] as Value).op) return false;
  }
  return true;
}

const patternOps: ReadonlySet<Op> = new Set([holeOp, bindOp, literalOp, oneOfOp]);

/** Matches the operands from a number on. */
function operandsFrom(i: number, patterns: readonly Term<string>[], values: readonly Value[]) {
  return (sofar: Match, next: Continue): Match | undefined => {
    const pattern = patterns[i];
    if (pattern === undefined) return next(sofar);
    const others = operandsFrom(i + 1, patterns, values);
    return step(pattern, values[i] as Value, sofar, (found) => others(found, next));
  };
}

function bindTo(name: string, value: Value, sofar: Match): Match | undefined {
  const bound = sofar.bound.get(name);
  if (bound !== undefined) return bound === value ? sofar : undefined;
  return { bound: new Map(sofar.bound).set(name, value), spelled: sofar.spelled };
}

/** True for a constant whose elements all are `expected`, after rounding to its dtype, or within a relative tolerance of it. */
export function isConstantOf(value: Value, expected: number, tolerance = 0): boolean {
  const held = constantTensor(value);
  if (held === undefined || held.dtype === "string" || elementCount(held.shape) === 0) return false;
  if (held.dtype === "c64" || held.dtype === "c128") return false;
  const target = isFloat(held.dtype) ? (numbers(fromNumbers(held.dtype, [], [expected]))[0] as number) : expected;
  const fits = (element: number) => element === target || Math.abs(element - target) <= tolerance * Math.abs(target);
  // Most constants differ in the first element already: large ones are then not decoded.
  return numbers(firstElement(held)).every(fits) && numbers(held).every(fits);
}
