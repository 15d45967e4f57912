import type { Graph } from "../../../graph/graph.ts";
import { joinTypes, sayTheSame } from "../../../graph/join-types.ts";
import { input } from "../../../graph/leaves.ts";
import type { Type } from "../../../graph/type.ts";
import { formatType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { FormatError, ShapeError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import { closedBody } from "./closed-body.ts";

export interface StepTypes {
  /** What the body is given in the first step. */
  readonly types: readonly Type[];
  /** Inputs `carriedAt` and following are fed by the outputs `resultsAt` and following of the step before, `carried` in number. */
  readonly carried: number;
  readonly carriedAt: number;
  readonly resultsAt: number;
}

export interface ClosedBody {
  readonly body: Graph;
  /** What the body's last inputs stand for outside. */
  readonly outer: readonly Value[];
}

/**
 * Imports the attribute "body" of a node that runs it again and again. The inputs take the types of the first step; where the body
 * hands on another shape, it is imported anew over inputs wide enough for both, until that holds for every step.
 */
export function steadyBody(node: OnnxNode, { types, carried, carriedAt, resultsAt }: StepTypes): ClosedBody {
  const names = node.bodyInputs("body").map(({ name }) => name);
  let current = types;
  for (;;) {
    const captures = node.captures();
    const inputs = current.map((type, i) => input(names[i] ?? `input ${i}`, type));
    const body = node.body("body", inputs, captures);
    const widened = current.map((type, i) => {
      const at = i - carriedAt;
      return at < 0 || at >= carried ? type : widen(type, body, resultsAt + at, names[i] ?? "");
    });
    const previous = current;
    if (widened.every((type, i) => sayTheSame(type, previous[i] as Type)))
      return { body: closedBody(body, captures), outer: captures.outer };
    current = widened;
  }
}

function widen(type: Type, body: Graph, at: number, name: string): Type {
  const next = body.outputs[at]?.value.type;
  if (next === undefined) {
    throw new FormatError(
      `the body "${body.name}" has ${body.outputs.length} outputs, too few to hand on "${name}". Export the model again.`,
    );
  }
  const both = joinTypes(type, next);
  if (both !== undefined) return both;
  throw new ShapeError(
    `the value "${name}" must keep its dtype and kind from step to step: it begins as ${formatType(type)}, and the body makes it ${formatType(next)}.`,
  );
}
