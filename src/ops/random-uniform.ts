import { tensorType } from "../graph/type.ts";
import type { DType } from "../tensor/dtype.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import { elementCount } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { randomSource } from "./mersenne-twister.ts";
import { op } from "./op.ts";
import { vectorShape } from "./vector-shape.ts";

type RandomUniformAttributes = {
  readonly dtype: DType;
  readonly low: number;
  readonly high: number;
  /** The same numbers in every run for the same seed; others each time without one. */
  readonly seed?: number | undefined;
};

/** Numbers drawn evenly from [low, high), in the given shape. */
export const randomUniform = op("randomUniform", ["shape"], {
  pure: false,
  infer([shape], { dtype }: RandomUniformAttributes) {
    requireDType(dtype, "float", "the result");
    return tensorType(dtype, vectorShape(indexVector(shape, "shape")));
  },
  eval([shape], { dtype, low, high, seed }: RandomUniformAttributes) {
    const dims = indexNumbers(shape);
    const source = randomSource(seed);
    const values = Float64Array.from({ length: elementCount(dims) }, () => low + (high - low) * source.uniform());
    return fromNumbers(dtype, dims, values);
  },
});
