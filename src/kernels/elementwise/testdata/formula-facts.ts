/** Attributes that an operator with a formula cannot do without. */
export const neededAttributes: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  celu: { alpha: 1.5 },
  elu: { alpha: 0.75 },
  hardSigmoid: { alpha: 0.2, beta: 0.5 },
  leakyRelu: { alpha: 0.01 },
  selu: { alpha: 1.67326, gamma: 1.0507 },
  shrink: { bias: 0.5, lambd: 0.75 },
  thresholdedRelu: { alpha: 0.5 },
};

/** How far a formula may be from the exact result, in ulp of it, or of `floor` where the result is smaller. */
export const formulaBound = { ulp: 12, floor: 2 ** -3 };
