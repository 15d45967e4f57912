import { tensorType } from "../graph/type.ts";
import type { DType } from "../tensor/dtype.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import { elementCount } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { randomSource } from "./mersenne-twister.ts";
import { op } from "./op.ts";
import { vectorShape } from "./vector-shape.ts";

type RandomNormalAttributes = {
  readonly dtype: DType;
  readonly mean: number;
  readonly deviation: number;
  /** The same numbers in every run for the same seed; others each time without one. */
  readonly seed?: number | undefined;
};

/** Numbers drawn from the normal distribution, in the given shape. */
export const randomNormal = op("randomNormal", ["shape"], {
  pure: false,
  infer([shape], { dtype }: RandomNormalAttributes) {
    requireDType(dtype, "float", "the result");
    return tensorType(dtype, vectorShape(indexVector(shape, "shape")));
  },
  eval([shape], { dtype, mean, deviation, seed }: RandomNormalAttributes) {
    const dims = indexNumbers(shape);
    const source = randomSource(seed);
    const values = Float64Array.from({ length: elementCount(dims) }, () => mean + deviation * source.normal());
    return fromNumbers(dtype, dims, values);
  },
});
