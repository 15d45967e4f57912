import { bytesFor } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { StepFacts, TensorFacts } from "../schedule.ts";
import type { Finish } from "./finish.ts";

/** The operands that are read element by element as the result is written, and are of its size. */
export function overwritable({ operands, results }: StepFacts, { others }: Finish): number[] {
  const size = ({ dtype, shape }: TensorFacts): string => `${bytesFor(dtype, 1)} ${elementCount(shape)}`;
  return others.filter((index) => size(operands[index] as TensorFacts) === size(results[0] as TensorFacts));
}
