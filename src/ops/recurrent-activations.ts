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

/** An activation with its parameters; 0 where it has none. */
export interface SettledActivation {
  readonly name: string;
  readonly alpha: number;
  readonly beta: number;
}

/** The activations with the parameters that each takes from the lists, or its defaults. */
export function settledParameters({
  activations: names,
  alphas = [],
  betas = [],
}: ActivationSettings): SettledActivation[] {
  let [nextAlpha, nextBeta] = [0, 0];
  return names.map((name) => {
    const { alpha, beta } = activations[name]!;
    return {
      name,
      alpha: alpha === undefined ? 0 : (alphas[nextAlpha++] ?? alpha),
      beta: beta === undefined ? 0 : (betas[nextBeta++] ?? beta),
    };
  });
}

/** The functions, with their parameters settled. */
export function settleActivations(settings: ActivationSettings): ((x: number) => number)[] {
  return settledParameters(settings).map(
    ({ name, alpha, beta }) =>
      (x) =>
        activations[name]!.apply(x, alpha, beta),
  );
}
