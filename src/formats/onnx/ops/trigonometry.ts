import { acos } from "../../../ops/acos.ts";
import { acosh } from "../../../ops/acosh.ts";
import { asin } from "../../../ops/asin.ts";
import { asinh } from "../../../ops/asinh.ts";
import { atan } from "../../../ops/atan.ts";
import { atanh } from "../../../ops/atanh.ts";
import { cos } from "../../../ops/cos.ts";
import { cosh } from "../../../ops/cosh.ts";
import { sin } from "../../../ops/sin.ts";
import { sinh } from "../../../ops/sinh.ts";
import { tan } from "../../../ops/tan.ts";
import { onnxOps } from "../onnx-op.ts";
import { oneOperand } from "./elementwise.ts";

/** The hyperbolic functions too, except Tanh, which is an activation. */
export const trigonometry = onnxOps({
  Acos: oneOperand(acos),
  Acosh: oneOperand(acosh),
  Asin: oneOperand(asin),
  Asinh: oneOperand(asinh),
  Atan: oneOperand(atan),
  Atanh: oneOperand(atanh),
  Cos: oneOperand(cos),
  Cosh: oneOperand(cosh),
  Sin: oneOperand(sin),
  Sinh: oneOperand(sinh),
  Tan: oneOperand(tan),
});
