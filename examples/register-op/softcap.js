// @ts-check
import { registerOp } from "lanewise";

/**
 * Softcap of my.domain: cap · tanh(x / cap), which keeps x within (-cap, cap). The formula is all that an elementwise operator needs: it is
 * compiled for every target, in one kernel with the operators before and after it. An operator of another kind has `infer` and `eval`.
 */
export function registerSoftcap() {
  registerOp("my.domain", "Softcap", {
    attributes: { cap: 50 },
    emit: (k, [x], { cap }) => k.mul(k.tanh(k.div(x, cap)), cap),
  });
}
