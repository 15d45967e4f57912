import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { gelu } from "../../../ops/gelu.ts";
import { mul } from "../../../ops/mul.ts";
import { silu } from "../../../ops/silu.ts";
import { onnxOps } from "../onnx-op.ts";
import { swish } from "./activations.ts";
import { castTo, computeWide, dtypeOf } from "./precision.ts";

const biased = (x: Value, bias: Value): Value => (isAbsent(bias) ? x : add(x, bias));

/** Activations of com.microsoft. */
export const contribActivations = onnxOps(
  {
    BiasGelu: ([x, bias]) => gelu(biased(x, bias)),
    FastGelu: ([x, bias]) => gelu(biased(x, bias), { approximate: "tanh" }),
    Gelu: ([x]) => gelu(x),
    QuickGelu: ([x], node) => swish(x, node.float("alpha", 1.702)),
    ScaledSiLU: ([x, scale], node) =>
      computeWide(x, (wide) => {
        const alpha = node.float("alpha", 1);
        const scaled = isAbsent(scale) ? wide : mul(wide, castTo(scale, dtypeOf(wide)));
        return silu(alpha === 1 ? scaled : mul(scaled, alpha));
      }),
  },
  "com.microsoft",
);
