import { constant } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { abs } from "../../../ops/abs.ts";
import { castMap } from "../../../ops/cast-map.ts";
import { concat } from "../../../ops/concat.ts";
import { dictVectorize } from "../../../ops/dict-vectorize.ts";
import { div } from "../../../ops/div.ts";
import { equal } from "../../../ops/equal.ts";
import { gather } from "../../../ops/gather.ts";
import { greater } from "../../../ops/greater.ts";
import { isNan } from "../../../ops/is-nan.ts";
import { lookup } from "../../../ops/lookup.ts";
import { mapOperand } from "../../../ops/map-operand.ts";
import { mul } from "../../../ops/mul.ts";
import { pad } from "../../../ops/pad.ts";
import { reduceMax } from "../../../ops/reduce-max.ts";
import { reduceSum } from "../../../ops/reduce-sum.ts";
import { sqrt } from "../../../ops/sqrt.ts";
import { sub } from "../../../ops/sub.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { where } from "../../../ops/where.ts";
import { zipMap } from "../../../ops/zip-map.ts";
import { isFloat } from "../../../tensor/dtype.ts";
import { FormatError } from "../../../tensor/errors.ts";
import { fromBigints, fromNumbers, scalar } from "../../../tensor/numbers.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { elementCount } from "../../../tensor/tensor.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { joinSizes, requiredAttribute, reshapeTo, sizeOf } from "../shape-values.ts";
import { givenInputs } from "./elementwise.ts";
import { integerList, stringList } from "./ml-labels.ts";
import { castTo, dtypeOf } from "./precision.ts";

/** Operators of ai.onnx.ml that prepare features, and that pack scores into maps. */
export const mlFeatures = onnxOps(
  {
    ArrayFeatureExtractor: ([x, places]) => {
      const chosen = gather(x, reshapeTo(places, [-1]), { axis: -1 });
      return operandShape(x, "X")?.length === 1 ? reshapeTo(chosen, [1, -1]) : chosen;
    },
    Binarizer: ([x], node) => castTo(greater(x, node.float("threshold", 0)), dtypeOf(x)),
    CastMap: ([x], node) => {
      const to = castTargets[node.choice("cast_to", ["TO_FLOAT", "TO_STRING", "TO_INT64"], "TO_FLOAT")];
      const [form, size] = [node.choice("map_form", ["DENSE", "SPARSE"], "DENSE"), node.int("max_map", 1)];
      return castMap(x, form === "DENSE" ? { to } : { to, size });
    },
    DictVectorizer: ([x], node) =>
      dictVectorize(x, { keys: keysOf(node, "string_vocabulary", "int64_vocabulary"), dtype: mapOperand(x, "X") }),
    FeatureVectorizer: (inputs, node) => joinFeatures(givenInputs(inputs), node),
    Imputer: ([x], node) => impute(x, node),
    Normalizer: ([x], node) => normalize(castTo(x, "f32"), node.choice("norm", ["MAX", "L1", "L2"], "MAX")),
    OneHotEncoder: ([x], node) => encodeOneHot(x, node),
    Scaler: ([x], node) => {
      const [offset, factor] = [node.floats("offset") ?? [0], node.floats("scale") ?? [1]];
      return mul(sub(castTo(x, "f32"), floats(offset)), floats(factor));
    },
    ZipMap: ([x], node) => zipMap(x, { keys: keysOf(node, "classlabels_strings", "classlabels_int64s") }),
  },
  "ai.onnx.ml",
);

const castTargets = { TO_FLOAT: "f32", TO_STRING: "string", TO_INT64: "i64" } as const;
const floats = (values: readonly number[]): Value => constant(fromNumbers("f32", [values.length], values));

function keysOf(node: OnnxNode, strings: string, integers: string): readonly (string | bigint)[] {
  const [texts = [], numbers = []] = [node.strings(strings), node.bigints(integers)];
  if (texts.length > 0 !== numbers.length > 0) return texts.length > 0 ? texts : numbers;
  throw new FormatError(
    `one of the attributes "${strings}" and "${integers}" must be there, not both. Export the model again.`,
  );
}

/** The inputs side by side as f32, each cut or filled with zeros to its size. */
function joinFeatures(inputs: readonly Value[], node: OnnxNode): Value {
  const sizes = requiredAttribute(node.ints("inputdimensions"), "inputdimensions");
  const parts = inputs.map((x, i) => {
    const given = castTo(x, "f32");
    const rows = operandShape(x, "X")?.length === 1 ? reshapeTo(given, [1, -1]) : given;
    const size = requiredAttribute(sizes[i], "inputdimensions");
    if (operandShape(rows, "X")?.[1] === size) return rows;
    const missing = joinSizes([0], sub(constant(fromBigints("i64", [1], [BigInt(size)])), sizeOf(rows, 1)));
    return pad(rows, missing, undefined, [1], { mode: "constant" });
  });
  return concat(parts, { axis: 1 });
}

/** Another value, one for all features or one for each, in place of one that marks missing data. */
function impute(x: Value, node: OnnxNode): Value {
  const dtype = dtypeOf(x);
  if (isFloat(dtype)) {
    node.ignore("imputed_value_int64s", "replaced_value_int64");
    const replaced = node.float("replaced_value_float", 0);
    const values = requiredAttribute(node.floats("imputed_value_floats"), "imputed_value_floats");
    const isMissing = Number.isNaN(replaced) ? isNan(x) : equal(x, replaced);
    return where(isMissing, constant(fromNumbers(dtype, [values.length], values)), x);
  }
  node.ignore("imputed_value_floats", "replaced_value_float");
  const values = requiredAttribute(node.bigints("imputed_value_int64s"), "imputed_value_int64s");
  const replaced = constant(scalar(dtype, node.bigint("replaced_value_int64") ?? 0n));
  return where(equal(x, replaced), constant(fromBigints(dtype, [values.length], values)), x);
}

/** Each row divided by its largest element, the sum of its magnitudes or its length; rows for which that is 0 stay. */
function normalize(x: Value, norm: "MAX" | "L1" | "L2"): Value {
  const over = { axes: [-1], keepDims: true };
  const sizes = {
    MAX: () => reduceMax(x, over),
    L1: () => reduceSum(abs(x), over),
    L2: () => sqrt(reduceSum(mul(x, x), over)),
  };
  const size = sizes[norm]();
  return div(x, where(equal(size, 0), constant(scalar("f32", 1)), size));
}

/** A last axis with 1 at the place of each element's category. An element of no category gives zeros, or is an error with zeros = 0. */
function encodeOneHot(x: Value, node: OnnxNode): Value {
  const categories = requiredAttribute(
    stringList(node, "cats_strings") ?? integerList(node, "cats_int64s"),
    "cats_int64s",
  );
  const count = elementCount(categories.shape);
  const others = node.flag("zeros", true) ? 1 : 0;
  const places = fromBigints(
    "i64",
    [count],
    Array.from({ length: count }, (_unused, i) => BigInt(i)),
  );
  const keys = categories.dtype === "string" ? x : castTo(x, "i64");
  const place = lookup(keys, constant(categories), constant(places), constant(scalar("i64", count)));
  return gather(constant(identity(count, others)), place, { axis: 0 });
}

/** The unit matrix with rows of zeros below. */
function identity(count: number, zeroRows: number): Tensor {
  const data = new Float32Array((count + zeroRows) * count);
  for (let i = 0; i < count; i++) data[i * count + i] = 1;
  return fromNumbers("f32", [count + zeroRows, count], data);
}
