import { load } from "../../../src/api/load.ts";
import { hash } from "../../../src/kernels/testdata/hash.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";

/** What a model of one input gives on a target, as a hash of its bits, for the same elements everywhere. */
export async function runModel(target: string, path: string, shape: readonly number[]) {
  using model = await load(path, { target });
  const elements = shape.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length: elements }, (_, i) => (i % 199) / 99 - 1);
  const outputs = await model.run({ [model.inputs[0]?.name as string]: { dtype: "f32", shape, data } });
  const [output] = Object.values(outputs) as [Tensor];
  const { target: used, steps, evalSteps } = model.info;
  return { target: used, steps, evalSteps, hash: hash(output.data as Float32Array) };
}
