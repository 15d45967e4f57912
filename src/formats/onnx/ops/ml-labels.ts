import { constant } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { gather } from "../../../ops/gather.ts";
import { lookup } from "../../../ops/lookup.ts";
import type { DType } from "../../../tensor/dtype.ts";
import { isFloat } from "../../../tensor/dtype.ts";
import { FormatError } from "../../../tensor/errors.ts";
import { fromBigints, fromNumbers, scalar } from "../../../tensor/numbers.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { elementCount } from "../../../tensor/tensor.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { requiredAttribute } from "../shape-values.ts";
import { dtypeOf } from "./precision.ts";

/** Operators of ai.onnx.ml that replace values by others. */
export const mlLabels = onnxOps(
  {
    CategoryMapper: ([x], node) =>
      mapCategories(x, stringList(node, "cats_strings"), integerList(node, "cats_int64s"), node),
    LabelEncoder: {
      1: ([x], node) => {
        const classes = stringList(node, "classes_strings");
        return mapCategories(x, classes, classes && counting(elementCount(classes.shape)), node);
      },
      2: ([x], node) => encode(x, node),
    },
  },
  "ai.onnx.ml",
);

const vector = (texts: readonly string[]): Tensor => ({ dtype: "string", shape: [texts.length], data: [...texts] });
const counting = (count: number): Tensor =>
  fromBigints(
    "i64",
    [count],
    Array.from({ length: count }, (_unused, i) => BigInt(i)),
  );

export function stringList(node: OnnxNode, name: string): Tensor | undefined {
  const texts = node.strings(name);
  return texts && vector(texts);
}

export function integerList(node: OnnxNode, name: string): Tensor | undefined {
  const integers = node.bigints(name);
  return integers && fromBigints("i64", [integers.length], integers);
}

export function floatList(node: OnnxNode, name: string): Tensor | undefined {
  const floats = node.floats(name);
  return floats && fromNumbers("f32", [floats.length], floats);
}

/** Strings to the integers beside them, or the other way round, whichever x asks for. */
function mapCategories(x: Value, names: Tensor | undefined, numbers: Tensor | undefined, node: OnnxNode): Value {
  const [texts, integers] = [
    requiredAttribute(names, "a list of strings"),
    requiredAttribute(numbers, "a list of integers"),
  ];
  const otherwise = defaults(node);
  const [keys, values] = dtypeOf(x) === "string" ? [texts, integers] : [integers, texts];
  return lookup(x, constant(keys), constant(values), constant(otherwise(values.dtype)));
}

function encode(x: Value, node: OnnxNode): Value {
  const listOf = (what: string) =>
    requiredAttribute(
      stringList(node, `${what}_strings`) ??
        integerList(node, `${what}_int64s`) ??
        floatList(node, `${what}_floats`) ??
        node.tensor(`${what}_tensor`),
      `${what}_*`,
    );
  const [keys, values, otherwise] = [listOf("keys"), listOf("values"), defaults(node)(listOf("values").dtype)];
  if (keys.dtype !== dtypeOf(x))
    throw new FormatError(`the keys must have the dtype of the input, got ${keys.dtype} for ${dtypeOf(x)}.`);
  return lookup(x, constant(keys), constant(values), constant({ ...otherwise, shape: [] }));
}

/** What stands for values that are not listed, by dtype. */
function defaults(node: OnnxNode): (dtype: DType) => Tensor {
  const given = node.has("default_tensor") ? node.tensor("default_tensor") : undefined;
  const text = node.string("default_string", "_Unused");
  const integer = node.bigint("default_int64") ?? -1n;
  const float = node.has("default_float") ? node.float("default_float", 0) : -0;
  return (dtype) => {
    if (given?.dtype === dtype) return given;
    if (dtype === "string") return scalar("string", text);
    return scalar(dtype, isFloat(dtype) ? float : integer);
  };
}

/** The class labels of a classifier; the numbers from 0 on where it lists none. */
export function classLabels(node: OnnxNode, integers: string, count: number): Tensor {
  const names = stringList(node, "classlabels_strings");
  const numbers = integerList(node, integers);
  const labels = names !== undefined && elementCount(names.shape) > 0 ? names : numbers;
  return labels !== undefined && elementCount(labels.shape) > 0 ? labels : counting(count);
}

export const labelsAt = (labels: Tensor, places: Value): Value => gather(constant(labels), places, { axis: 0 });
