import { constant } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { expand } from "../../../ops/expand.ts";
import { eyeLike } from "../../../ops/eye-like.ts";
import { FormatError } from "../../../tensor/errors.ts";
import { fromBigints, fromNumbers, scalar } from "../../../tensor/numbers.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { elementCount } from "../../../tensor/tensor.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { dtypeAttribute } from "./dtype-attribute.ts";
import { dtypeOf } from "./precision.ts";

/** Values that a file spells out, and Identity. */
export const constants = onnxOps({
  Constant: (_inputs, node) => constant(spelledTensor(node)),
  ConstantOfShape: ([shape], node) => filled(node.tensor("value") ?? scalar("f32", 0), shape),
  EyeLike: ([x], node) => eyeLike(x, { k: node.int("k", 0), dtype: dtypeAttribute(node, "dtype") ?? dtypeOf(x) }),
  Identity: ([x]) => x,
});

/** The tensor in whichever of its attributes a Constant holds it. */
function spelledTensor(node: OnnxNode): Tensor {
  const [int, ints] = [node.bigint("value_int"), node.bigints("value_ints")];
  const [float, floats] = [node.float("value_float"), node.floats("value_floats")];
  const [text, texts] = [node.string("value_string"), node.strings("value_strings")];
  const found =
    node.tensor("value") ??
    node.sparseTensor("sparse_value") ??
    (int !== undefined ? scalar("i64", int) : undefined) ??
    (ints && fromBigints("i64", [ints.length], ints)) ??
    (float !== undefined ? scalar("f32", float) : undefined) ??
    (floats && fromNumbers("f32", [floats.length], floats)) ??
    (text !== undefined ? scalar("string", text) : undefined) ??
    (texts && { dtype: "string", shape: [texts.length], data: [...texts] });
  if (found !== undefined) return found;
  throw new FormatError(
    'a Constant needs one of the attributes "value", "value_float", "value_int", ... but has none.',
  );
}

function filled(value: Tensor, shape: Value): Value {
  if (elementCount(value.shape) === 1) return expand(constant({ ...value, shape: [] }), shape);
  throw new FormatError(`attribute "value" must hold one element, got shape [${value.shape.join()}].`);
}
