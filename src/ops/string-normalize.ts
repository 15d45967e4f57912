import { tensorType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { tensor } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { stringOperand, stringsOf } from "./string-operand.ts";

export type CaseChange = "none" | "lower" | "upper";
type StringNormalizeAttributes = {
  readonly caseChange: CaseChange;
  /** Strings to take out, before the case is changed. */
  readonly stopWords: readonly string[];
  readonly isCaseSensitive: boolean;
  /** A BCP 47 tag, such as "tr-TR", whose rules for case hold; those that hold everywhere when left out. */
  readonly locale?: string;
};

/** x ([n] or [1,n]) without the stop words, in another case; one empty string where nothing is left. */
export const stringNormalize = op("stringNormalize", ["x"], {
  infer([x], { stopWords }: StringNormalizeAttributes) {
    const { shape } = stringOperand(x, "x");
    if (shape !== undefined) checkShape(shape);
    if (shape === undefined || (stopWords.length === 0 && shape.at(-1) !== 0)) return tensorType("string", shape);
    return tensorType("string", [...shape.slice(0, -1), unknownDim]);
  },
  eval([x], { caseChange, stopWords, isCaseSensitive, locale }: StringNormalizeAttributes) {
    checkShape(x.shape);
    const changeCase = caseChanges(locale);
    const keyOf = isCaseSensitive ? changeCase.none : changeCase.lower;
    const stops = new Set(stopWords.map(keyOf));
    const kept = stringsOf(x).filter((text) => !stops.has(keyOf(text)));
    const texts = kept.length === 0 ? [""] : kept.map(changeCase[caseChange]);
    return tensor("string", [...x.shape.slice(0, -1), texts.length], texts);
  },
});

function checkShape(shape: readonly unknown[]): void {
  if (shape.length === 1 || (shape.length === 2 && (typeof shape[0] !== "number" || shape[0] === 1))) return;
  throw new ShapeError(`x must have the shape [n] or [1,n], got [${shape.map(String).join()}].`);
}

const caseChanges = (locale: string | undefined): Record<CaseChange, (text: string) => string> => ({
  none: (text) => text,
  lower: locale === undefined ? (text) => text.toLowerCase() : (text) => text.toLocaleLowerCase(locale),
  upper: locale === undefined ? (text) => text.toUpperCase() : (text) => text.toLocaleUpperCase(locale),
});
