// What a registered operator's formula is written with.

/** The number that a formula has for each element. */
export interface FormulaNumber {
  readonly formula: "number";
}

/** A truth that a formula has for each element. */
export interface FormulaTruth {
  readonly formula: "truth";
}

/** A number of a formula: one for each element, or one for all. */
export type FormulaOperand = FormulaNumber | number;

/** A formula's inputs: as many of these as the operator has. */
export type FormulaInputs = readonly [FormulaNumber, FormulaNumber, FormulaNumber, FormulaNumber, ...FormulaNumber[]];

/**
 * The arithmetic of formulas, on f32. Every operation is rounded as IEEE 754 says, except the functions from exp on, which are a few
 * units in the last place from the true value at most. `min` and `max` give NaN for NaN.
 */
export interface Formula {
  add(a: FormulaOperand, b: FormulaOperand): FormulaNumber;
  sub(a: FormulaOperand, b: FormulaOperand): FormulaNumber;
  mul(a: FormulaOperand, b: FormulaOperand): FormulaNumber;
  div(a: FormulaOperand, b: FormulaOperand): FormulaNumber;
  min(a: FormulaOperand, b: FormulaOperand): FormulaNumber;
  max(a: FormulaOperand, b: FormulaOperand): FormulaNumber;
  neg(x: FormulaNumber): FormulaNumber;
  abs(x: FormulaNumber): FormulaNumber;
  sqrt(x: FormulaNumber): FormulaNumber;
  floor(x: FormulaNumber): FormulaNumber;
  ceil(x: FormulaNumber): FormulaNumber;
  trunc(x: FormulaNumber): FormulaNumber;
  /** To the nearest whole number, halves to the even one. */
  roundEven(x: FormulaNumber): FormulaNumber;
  exp(x: FormulaNumber): FormulaNumber;
  log(x: FormulaNumber): FormulaNumber;
  tanh(x: FormulaNumber): FormulaNumber;
  erf(x: FormulaNumber): FormulaNumber;
  sin(x: FormulaNumber): FormulaNumber;
  cos(x: FormulaNumber): FormulaNumber;
  pow(x: FormulaNumber, power: FormulaOperand): FormulaNumber;
  lt(a: FormulaNumber, b: FormulaOperand): FormulaTruth;
  le(a: FormulaNumber, b: FormulaOperand): FormulaTruth;
  gt(a: FormulaNumber, b: FormulaOperand): FormulaTruth;
  ge(a: FormulaNumber, b: FormulaOperand): FormulaTruth;
  eq(a: FormulaNumber, b: FormulaOperand): FormulaTruth;
  ne(a: FormulaNumber, b: FormulaOperand): FormulaTruth;
  isNan(x: FormulaNumber): FormulaTruth;
  and(a: FormulaTruth, b: FormulaTruth): FormulaTruth;
  or(a: FormulaTruth, b: FormulaTruth): FormulaTruth;
  not(a: FormulaTruth): FormulaTruth;
  /** truth ? a : b */
  select(truth: FormulaTruth, a: FormulaOperand, b: FormulaOperand): FormulaNumber;
}
