/** The functions that a recurrent cell may use, by ONNX name in lower case, with what alpha and beta are when not given. */
interface Activation {
  readonly apply: (x: number, alpha: number, beta: number) => number;
  readonly alpha?: number;
  readonly beta?: number;
}

const activations: Readonly<Record<string, Activation>> = {
  affine: { apply: (x, alpha, beta) => alpha * x + beta, alpha: 1, beta: 0 },
  elu: { apply: (x, alpha) => (x < 0 ? alpha * Math.expm1(x) : x), alpha: 1 },
  hardsigmoid: { apply: (x, alpha, beta) => Math.min(1, Math.max(0, alpha * x + beta)), alpha: 0.2, beta: 0.5 },
  leakyrelu: { apply: (x, alpha) => (x < 0 ? alpha * x : x), alpha: 0.01 },
  relu: { apply: (x) => (x < 0 ? 0 : x) },
  scaledtanh: { apply: (x, alpha, beta) => alpha * Math.tanh(beta * x), alpha: 1, beta: 1 },
  sigmoid: { apply: (x) => 1 / (1 + Math.exp(-x)) },
  softplus: { apply: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) },
  softsign: { apply: (x) => x / (1 + Math.abs(x)) },
  tanh: { apply: Math.tanh },
  thresholdedrelu: { apply: (x, alpha) => (x > alpha ? x : 0), alpha: 1 },
};

export const activationNames = Object.keys(activations);

export interface ActivationSettings {
  /** Names from `activationNames`, the cell's functions of each direction in turn. */
  readonly activations: readonly string[];
  /** One number for each activation that has an alpha (beta), in their order; where the list ends, the defaults hold. */
  readonly alphas?: readonly number[] | undefined;
  readonly betas?: readonly number[] | undefined;
}

/** The functions, with their parameters settled. */
export function settleActivations({
  activations: names,
  alphas = [],
  betas = [],
}: ActivationSettings): ((x: number) => number)[] {
  let [nextAlpha, nextBeta] = [0, 0];
  return names.map((name) => {
    const { apply, alpha, beta } = activations[name]!;
    const a = alpha === undefined ? 0 : (alphas[nextAlpha++] ?? alpha);
    const b = beta === undefined ? 0 : (betas[nextBeta++] ?? beta);
    return (x) => apply(x, a, b);
  });
}
