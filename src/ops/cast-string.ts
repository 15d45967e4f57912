/** Numbers as text and back, for casts. */
import type { DType } from "../tensor/dtype.ts";
import { dtypes, isInteger } from "../tensor/dtype.ts";
import { UsageError } from "../tensor/errors.ts";
import type { Float8Options } from "../tensor/float8.ts";
import { bigints, fromBigints, fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";

const number = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
const integer = /^\s*[+-]?\d+\s*$/;
const special = /^\s*([+-]?)(nan|inf|infinity)\s*$/i;

/**
 * The numbers that texts spell, in decimal or scientific notation, "NaN" and "INF" included, white space around them ignored; cut
 * to whole ones for integers. Throws UsageError for a text that spells none.
 */
export function parseElements(x: Tensor<"string">, to: DType, options: Float8Options = {}): Tensor {
  const wide = isInteger(to) && dtypes[to].bits > 32;
  if (wide && x.data.every((text) => integer.test(text))) {
    return fromBigints(
      to,
      x.shape,
      x.data.map((text) => BigInt(text.trim().replace(/^\+/, ""))),
    );
  }
  return fromNumbers(
    to,
    x.shape,
    x.data.map((text) => parseNumber(text, to)),
    options,
  );
}

function parseNumber(text: string, to: DType): number {
  if (number.test(text)) return Number(text);
  const [, sign, word] = special.exec(text) ?? [];
  if (word === undefined)
    throw new UsageError(`The text ${JSON.stringify(text)} is no number, so it cannot be cast to ${to}.`);
  if (word.toLowerCase() === "nan") return Number.NaN;
  return sign === "-" ? -Infinity : Infinity;
}

/**
 * The elements as texts: integers in decimal, booleans as 1 and 0, floats with the fewest digits that read back as the same
 * value of their dtype, laid out as C's %g does; NaN, INF and -INF.
 */
export function formatElements(x: Tensor): string[] {
  const { kind } = dtypes[x.dtype];
  if (kind !== "float") return Array.from(bigints(x), String);
  const digits = x.dtype === "f64" ? 17 : 8;
  const shorten = x.dtype === "f64" ? (value: number) => value.toExponential() : shortestOf(x.dtype);
  return Array.from(numbers(x), (value) =>
    Number.isFinite(value) ? layOut(shorten(value), value, digits) : nameOf(value),
  );
}

const nameOf = (value: number): string => (Number.isNaN(value) ? "NaN" : value > 0 ? "INF" : "-INF");

/** The shortest scientific notation that reads back as the same value of a float dtype of up to 32 bits. */
function shortestOf(dtype: DType): (value: number) => string {
  return (value) => {
    for (let digits = 0; digits < 9; digits++) {
      const text = value.toExponential(digits);
      if (Object.is(numbers(fromNumbers(dtype, [], [Number(text)]))[0]! + 0, value + 0)) return text;
    }
    return value.toExponential();
  };
}

/** Scientific notation for exponents below -4 or from `digits` on, else plain notation. */
function layOut(scientific: string, value: number, digits: number): string {
  const [mantissa = "", power = "0"] = scientific.split("e");
  const exponent = Number(power);
  if (Object.is(value, -0)) return "-0";
  if (exponent < -4 || exponent >= digits) {
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const places = mantissa.replace("-", "").length - (mantissa.includes(".") ? 2 : 1);
  return Number(scientific).toFixed(Math.max(0, places - exponent));
}
