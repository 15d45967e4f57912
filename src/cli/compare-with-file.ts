import { nearestName } from "../runtime/nearest-name.ts";
import type { StepReport } from "../runtime/step-report.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import { UsageError, within } from "../tensor/errors.ts";
import { readNpz } from "../tensor/npz.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { CompareInputs } from "./compare-plans.ts";
import { outputPlace } from "./compare-plans.ts";
import { FirstDifference } from "./first-difference.ts";
import { resultsByOrigin } from "./match-steps.ts";
import { narrowed } from "./narrowed.ts";
import type { OpenModel } from "./open-model.ts";
import { readNamedFile } from "./read-file.ts";
import { tensorsIn } from "./summarize.ts";

/**
 * Runs a model and compares it with the arrays of an .npz file: outputs by their names (`y[0]` for parts of sequences), other values by the
 * name of the ONNX node that they are the only result of. Throws UsageError for an array that is neither.
 */
export async function compareWithFile({ model, plan }: OpenModel, file: string, { feeds, tolerance }: CompareInputs) {
  const bytes = await readNamedFile(file, "The expected values");
  const expected = within(file, () => readNpz(bytes));
  const results = resultsByOrigin(plan);
  const byStep = new Map([...results].map(([origin, step]) => [step, origin]));
  const difference = new FirstDifference(tolerance);
  const seen = new Set<string>();
  const check = (name: string, place: { readonly node: string; readonly origin: string }, datum: Datum) => {
    const array = expected.get(name);
    if (array === undefined || seen.has(name)) return;
    seen.add(name);
    difference.check(place, datum, isTensor(datum) ? narrowed(array, datum.dtype) : array);
  };
  const outputNames = new Set(model.outputs.map(({ name }) => name));
  const onStep = ({ index, op, origin, outputs: [datum] }: StepReport) => {
    const name = byStep.get(index);
    if (name !== undefined && !outputNames.has(name) && datum !== undefined) check(name, { node: op, origin }, datum);
  };
  const outputs = await model.run(feeds, { onStep });
  const parts: (readonly [string, string, Tensor])[] = model.outputs.flatMap(({ name }) =>
    tensorsIn(name, outputs[name] ?? null).map(([part, tensor]) => [name, part, tensor] as const),
  );
  for (const [name, part, tensor] of parts) check(part, outputPlace(plan, name), tensor);
  const known = [...parts.map(([, part]) => part), ...results.keys()];
  const strange = [...expected.keys()].find((name) => !seen.has(name));
  if (strange === undefined) return difference.result;
  const near = nearestName(strange, known);
  const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
  throw new UsageError(
    `${file}: the array "${strange}" is neither an output nor the only result of an ONNX node in the graph.${hint} The outputs are ${[...outputNames].join(", ")}. Leave the array out, or try --target eval --no-fuse.`,
  );
}
