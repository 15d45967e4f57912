import { numbers } from "../../tensor/numbers.ts";
import type { Launch, Launches, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { elementBytes } from "./element-bytes.ts";

/** A step that only moves elements, with what every such step has. */
export interface Movement {
  readonly step: StepFacts;
  readonly x: TensorFacts;
  readonly y: TensorFacts;
  /** Bytes of an element. */
  readonly width: number;
}

/** A schedule for operators that move elements of any dtype. `launches` gives the copies, all there is to say of them, or in words why there are none. */
export function movementSchedule(
  name: string,
  ops: readonly string[],
  launches: (movement: Movement) => readonly Launch[] | Launches | string,
): Schedule {
  return {
    name,
    ops,
    plan(step): Launches | string {
      const [[x], [y]] = [step.operands, step.results];
      if (x === undefined || y === undefined) return "nobody uses the result";
      const width = elementBytes(x.dtype);
      if (typeof width === "string") return width;
      const made = launches({ step, x, y, width });
      return typeof made === "string" || "launches" in made ? made : { launches: made };
    },
  };
}

/** The elements of an integer operand that is known before the run. */
export const knownNumbers = (facts: TensorFacts | undefined): readonly number[] | undefined =>
  facts?.constant && Array.from(numbers(facts.constant));
