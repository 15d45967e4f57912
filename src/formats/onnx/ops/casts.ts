import type { Value } from "../../../graph/value.ts";
import { bitCast } from "../../../ops/bit-cast.ts";
import { cast } from "../../../ops/cast.ts";
import { isNan } from "../../../ops/is-nan.ts";
import { where } from "../../../ops/where.ts";
import type { DType } from "../../../tensor/dtype.ts";
import { dtypeNames, isFloat } from "../../../tensor/dtype.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import { onnxDTypes } from "../onnx-dtypes.ts";
import { onnxOps } from "../onnx-op.ts";
import { requiredDType } from "./dtype-attribute.ts";
import { constantLike, dtypeOf } from "./precision.ts";

/** Conversions between dtypes. */
export const casts = onnxOps({
  BitCast: ([x], node) => bitCast(x, { to: requiredDType(node, "to") }),
  Cast: {
    1: ([x], node) => castBy(x, dtypeOfName(node.string("to", "")), node),
    6: ([x], node) => castBy(withoutNaN(x, requiredDType(node, "to")), requiredDType(node, "to"), node),
    24: ([x], node) => castBy(x, requiredDType(node, "to"), node),
  },
  CastLike: {
    15: ([x, like], node) => castBy(withoutNaN(x, dtypeOf(like)), dtypeOf(like), node),
    24: ([x, like], node) => castBy(x, dtypeOf(like), node),
  },
});

/** As 4-bit float, which has no NaN, a NaN is the greatest number up to opset 23 and zero after that. */
const withoutNaN = (x: Value, to: DType): Value =>
  to === "f4e2m1" && isFloat(dtypeOf(x)) ? where(isNan(x), constantLike(x, 6), x) : x;

/** The settings of 8-bit floats stay off casts that they do not touch. */
function castBy(x: Value, to: DType, node: OnnxNode): Value {
  const saturate = node.flag("saturate", true);
  const roundMode = node.choice("round_mode", ["up", "down", "nearest"], "up");
  if (dtypeOf(x) === to) return x;
  if (to === "f8e8m0") return cast(x, { to, saturate, roundMode });
  return to.startsWith("f8") && !saturate ? cast(x, { to, saturate }) : cast(x, { to });
}

/** In opset 1 the attribute is the name of the type. */
function dtypeOfName(name: string): DType {
  const found = dtypeNames.find((dtype) => onnxDTypes[dtype].name === name.toUpperCase());
  if (found !== undefined) return found;
  throw new FormatError(`attribute "to" must name an element type such as FLOAT, got "${name}".`);
}
