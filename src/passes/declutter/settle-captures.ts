import { construct } from "../../graph/construct.ts";
import type { Graph } from "../../graph/graph.ts";
import { isGraph } from "../../graph/graph.ts";
import { joinTypes, sayTheSame } from "../../graph/join-types.ts";
import { constantOp, dimsOp, input, isAbsent } from "../../graph/leaves.ts";
import type { Simplifier } from "../../graph/rewrite.ts";
import { substitute } from "../../graph/substitute.ts";
import { topological } from "../../graph/topological.ts";
import type { Value } from "../../graph/value.ts";
import { conditional } from "../../ops/conditional.ts";
import type { LoopAttributes } from "../../ops/loop.ts";
import { loop } from "../../ops/loop.ts";
import type { ScanAttributes } from "../../ops/scan.ts";
import { scan } from "../../ops/scan.ts";

/** Moves captured constants into the bodies of control flow, tells bodies what is now known of a capture's type, and drops captures that no body uses. */
export const settleCaptures: Simplifier = {
  name: "settle-captures",
  apply(value) {
    const place = capturesOf(value);
    if (place === undefined) return undefined;
    const bodies = Object.entries(value.attributes).filter((entry): entry is [string, Graph] => isGraph(entry[1]));
    const reached = bodies.map(([, body]) => new Set(topological(body.outputs.map((output) => output.value))));
    const captures = value.operands.slice(place.operands).map((outer, i): Capture => {
      const inner = bodies.map(([, body]) => body.inputs[place.inputs + i] as Value);
      return { outer, inner, isUsed: inner.some((own, n) => reached[n]?.has(own)) };
    });
    if (captures.every((capture) => capture.isUsed && !isConstantLike(capture.outer) && !isNarrower(capture)))
      return undefined;
    return rebuild(value, place, captures, bodies);
  },
};

/** Where the captures begin, among the operands and among the inputs of the bodies. */
interface CapturePlace {
  readonly operands: number;
  readonly inputs: number;
}

interface Capture {
  readonly outer: Value;
  /** What stands for it in each body. */
  readonly inner: readonly Value[];
  readonly isUsed: boolean;
}

function capturesOf({ op, attributes }: Value): CapturePlace | undefined {
  if (op === conditional) return { operands: 1, inputs: 0 };
  if (op === loop) {
    const own = 2 + (attributes as unknown as LoopAttributes).carried;
    return { operands: own, inputs: own };
  }
  if (op !== scan) return undefined;
  const { states, inputAxes } = attributes as unknown as ScanAttributes;
  return { operands: states + inputAxes.length, inputs: states + inputAxes.length };
}

const isConstantLike = (value: Value): boolean => value.op === constantOp || value.op === dimsOp || isAbsent(value);

/** True when the graph outside knows more of the type than a body does. */
function isNarrower({ outer, inner }: Capture): boolean {
  return inner.some(({ type }) => {
    const both = joinTypes(type, outer.type);
    return both !== undefined && sayTheSame(both, type) && !sayTheSame(outer.type, type);
  });
}

function rebuild(
  { op, operands, attributes }: Value,
  place: CapturePlace,
  captures: readonly Capture[],
  bodies: readonly [string, Graph][],
): Value {
  const kept = captures.filter(({ outer, isUsed }) => isUsed && !isConstantLike(outer));
  const settled = bodies.map(([name, body], n): [string, Graph] => {
    const replacements = new Map<Value, Value>();
    for (const capture of captures) {
      const own = capture.inner[n] as Value;
      if (isConstantLike(capture.outer)) replacements.set(own, capture.outer);
      else if (isNarrower(capture)) replacements.set(own, input(String(own.attributes["name"]), capture.outer.type));
    }
    const values = substitute(
      body.outputs.map((output) => output.value),
      replacements,
    );
    const inner = kept.map((capture) => replacements.get(capture.inner[n] as Value) ?? (capture.inner[n] as Value));
    const outputs = body.outputs.map((output, i) => ({ name: output.name, value: values[i] as Value }));
    return [name, { ...body, inputs: [...body.inputs.slice(0, place.inputs), ...inner], outputs }];
  });
  const own = operands.slice(0, place.operands);
  return construct(op, [...own, ...kept.map(({ outer }) => outer)], {
    ...attributes,
    ...Object.fromEntries(settled),
  }) as Value;
}
