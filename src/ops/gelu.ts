import { complementaryErrorFunction } from "./error-function.ts";
import { unary } from "./unary.ts";

const tanhForm = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

/** x · Φ(x) with Φ the normal distribution function; `approximate: "tanh"` takes x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))) for it. */
export const gelu = unary<{ readonly approximate?: "tanh" }>("gelu", {
  eval: (x, { approximate }) =>
    approximate === "tanh" ? tanhForm(x) : 0.5 * x * complementaryErrorFunction(-x * Math.SQRT1_2),
  emit(k, x, { approximate }) {
    if (approximate !== "tanh") return k.mul(k.mul(x, 0.5), k.add(k.erf(k.mul(x, Math.SQRT1_2)), 1));
    const cubic = k.fma(k.mul(x, x), 0.044715, k.constant(1, "vec f32"));
    const exponent = k.mul(k.mul(x, -2 * Math.sqrt(2 / Math.PI)), cubic);
    return k.div(x, k.add(k.exp(exponent), 1));
  },
  examples: [
    [1, 0.8413447460685429],
    [-0.5, -0.15426876936299344],
    [-2, -0.04550026389635842],
    [1, 0.8411919906082768, { approximate: "tanh" }],
    [-2, -0.04540230591222494, { approximate: "tanh" }],
  ],
});
