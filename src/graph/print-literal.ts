// Names, numbers and tensors as the text form of graphs spells them. parse-literal.ts reads them back.

import type { DType } from "../tensor/dtype.ts";
import { dtypeNames, dtypes, is64BitInteger, isPacked } from "../tensor/dtype.ts";
import { bigints, numbers } from "../tensor/numbers.ts";
import { firstElement } from "../tensor/stored-tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";

/** Tensors of at most this many elements are spelled out, and larger ones whose elements are all the same. */
const maxInlineElements = 16;

/** Words that mean something else than a name. */
const reserved: ReadonlySet<string> = new Set([
  ...dtypeNames,
  ..."_ inf nan true false constant return graph sequence optional map absent".split(" "),
]);

/** A name as it is where it is a plain word, in double quotes where it is not. */
export const formatName = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) && !reserved.has(name) ? name : JSON.stringify(name);

/** The shortest decimal that reads back as the same number: `1e-7`, `-0`, `inf`, `nan`. */
export function formatNumber(value: number): string {
  if (Object.is(value, -0)) return "-0";
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

/** Types to which a decimal that is close enough is rounded back; some narrower ones round in one direction. */
const roundsToNearest: ReadonlySet<DType> = new Set(["f32", "f16", "bf16", "c64"]);

/** The same for a number that will be rounded to f32 or narrower. */
function formatRounded(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return formatNumber(value);
  for (let digits = 1; digits < 10; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return String(candidate);
  }
  return formatNumber(value);
}

const elementText = (dtype: DType): ((element: number) => string) => {
  if (dtype === "bool") return (element) => String(element !== 0);
  return roundsToNearest.has(dtype) ? formatRounded : formatNumber;
};

/** The elements in order; a complex one is its real and its imaginary part. */
function elementTexts(t: Tensor): readonly string[] {
  if (t.dtype === "string") return (t.data as readonly string[]).map((element) => JSON.stringify(element));
  if (is64BitInteger(t.dtype)) return Array.from(bigints(t), String);
  const values = dtypes[t.dtype].kind === "complex" ? (t.data as Float64Array) : numbers(t);
  return Array.from(values, elementText(t.dtype));
}

/** What follows the dtype and shape of a tensor that is spelled out: one element where all are the same, else the list of all, row by row. */
export function formatElements(t: Tensor): string {
  const count = elementCount(t.shape);
  if (count > maxInlineElements) return elementTexts(firstElement(t)).join();
  const texts = elementTexts(t);
  const isSame = count > 0 && texts.every((text) => text === texts[0]);
  return isSame && dtypes[t.dtype].kind !== "complex" ? String(texts[0]) : `[${texts.join(", ")}]`;
}

/** True when the first slot of storage repeats throughout. */
function isUniform({ dtype, data }: Tensor): boolean {
  if (isPacked(dtype) || dtypes[dtype].kind === "complex" || data.length === 0) return false;
  const [first] = data;
  for (let i = 1; i < data.length; i++) if (!Object.is(data[i], first)) return false;
  return true;
}

/** A scalar's type is its dtype alone, unless a list follows, which would read as a shape. */
const formatTensorType = ({ dtype, shape }: Tensor): string =>
  shape.length === 0 && dtypes[dtype].kind !== "complex" ? dtype : `${dtype}[${shape.join(",")}]`;

const isInline = (t: Tensor): boolean => elementCount(t.shape) <= maxInlineElements || isUniform(t);

/** `[1, 2]`: an i64 vector without its type; undefined for other tensors, and for long ones. */
function formatVector(t: Tensor): string | undefined {
  const isVector = t.dtype === "i64" && t.shape.length === 1 && elementCount(t.shape) <= maxInlineElements;
  return isVector ? `[${elementTexts(t).join(", ")}]` : undefined;
}

/** A tensor that is an operand: `[1, 2]` for an i64 vector, else as formatTyped writes it. */
export const formatConstant = (t: Tensor, table: Tensor[]): string => formatVector(t) ?? formatTyped(t, table);

/** A tensor with its type: `f32 1e-5`, or `constant f32[64,3] #0`, its number in a table, which it enters when it is not there yet. */
export function formatTyped(t: Tensor, table: Tensor[]): string {
  if (isInline(t)) return `${formatTensorType(t)} ${formatElements(t)}`;
  const known = table.indexOf(t);
  const number = known >= 0 ? known : table.push(t) - 1;
  return `constant ${formatTensorType(t)} #${number}`;
}
