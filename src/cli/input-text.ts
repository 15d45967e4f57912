import { nearestName } from "../runtime/nearest-name.ts";
import type { DType } from "../tensor/dtype.ts";
import { dtypeNames, dtypes, isInteger } from "../tensor/dtype.ts";
import { UsageError } from "../tensor/errors.ts";
import { bigints, fromBigints, fromNumbers } from "../tensor/numbers.ts";
import { checkedElementCount } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What follows `NAME=` on the command line. */
export type InputText =
  | { readonly kind: "npy"; readonly path: string }
  | { readonly kind: "picture"; readonly path: string }
  /** To be made by the rule for inputs that are not given. */
  | { readonly kind: "made"; readonly shape: readonly number[]; readonly dtype: DType | undefined }
  | { readonly kind: "tensor"; readonly tensor: Tensor };

const forms = "FILE.npy, @picture.png, 1,3,224,224, i64:16000 or i64[2,3]:1,2,3,4,5,6";

/** Reads the value of an input as it was typed. Throws UsageError with the forms that there are. */
export function readInputText(name: string, text: string): InputText {
  if (text.startsWith("@")) return { kind: "picture", path: text.slice(1) };
  if (/\.npy$/i.test(text)) return { kind: "npy", path: text };
  if (/^\d+(,\d+)*$/.test(text)) return { kind: "made", shape: readShape(name, text), dtype: undefined };
  const [, dtypeText, dims, values] = /^([a-z][a-z0-9]*)(?:\[([\d,]*)\])?(?::(.*))?$/s.exec(text) ?? [];
  if (dtypeText === undefined || (dims === undefined && values === undefined)) throw badForm(name, text);
  const dtype = readDType(name, dtypeText);
  const shape = dims === undefined ? undefined : readShape(name, dims);
  if (values === undefined) return { kind: "made", shape: shape ?? [], dtype };
  const elements = values === "" && shape?.includes(0) ? [] : values.split(",");
  const given = shape ?? (elements.length === 1 ? [] : [elements.length]);
  if (checkedElementCount(given, `--input ${name}`) !== elements.length) {
    throw new UsageError(
      `--input ${name}: ${dtype}[${given.join(",")}] needs ${checkedElementCount(given, name)} values, got ${elements.length}.`,
    );
  }
  return { kind: "tensor", tensor: readValues(name, dtype, given, elements) };
}

function badForm(name: string, text: string): UsageError {
  return new UsageError(`--input ${name}: "${text}" is not a value of a known form; expected ${forms}.`);
}

function readShape(name: string, text: string): number[] {
  const shape = text === "" ? [] : text.split(",").map((dim) => (dim === "" ? Number.NaN : Number(dim)));
  if (shape.every((dim) => Number.isSafeInteger(dim))) return shape;
  throw new UsageError(`--input ${name}: [${text}] is no shape; expected whole numbers with commas between them.`);
}

function readDType(name: string, text: string): DType {
  if (Object.hasOwn(dtypes, text)) return text as DType;
  const near = nearestName(text, dtypeNames);
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  throw new UsageError(`--input ${name}: "${text}" is no dtype.${hint} The dtypes are ${dtypeNames.join(", ")}.`);
}

function readValues(name: string, dtype: DType, shape: readonly number[], elements: readonly string[]): Tensor {
  const { kind } = dtypes[dtype];
  if (kind === "string") return { dtype, shape, data: [...elements] };
  if (kind === "complex")
    throw new UsageError(`--input ${name}: ${dtype} values cannot be written out; pass FILE.npy instead.`);
  if (isInteger(dtype)) return readIntegers(name, dtype, shape, elements);
  const numbers = elements.map((element) => (kind === "bool" ? readBool(element) : readFloat(element)));
  const bad = numbers.indexOf(undefined);
  if (bad >= 0) throw badValue(name, dtype, elements[bad] as string);
  return fromNumbers(dtype, shape, numbers as number[]);
}

function badValue(name: string, dtype: DType, element: string): UsageError {
  return new UsageError(`--input ${name}: "${element}" is not a value of dtype ${dtype}.`);
}

function readIntegers(name: string, dtype: DType, shape: readonly number[], elements: readonly string[]): Tensor {
  const values = elements.map((element) => {
    if (!/^\s*[+-]?\d+\s*$/.test(element)) throw badValue(name, dtype, element);
    return BigInt(element.trim().replace(/^\+/, ""));
  });
  const result = fromBigints(dtype, shape, values);
  const wrapped = bigints(result).findIndex((stored, i) => stored !== values[i]);
  if (wrapped >= 0) throw badValue(name, dtype, elements[wrapped] as string);
  return result;
}

function readBool(text: string): number | undefined {
  const known: Readonly<Record<string, number>> = { true: 1, 1: 1, false: 0, 0: 0 };
  return known[text.trim().toLowerCase()];
}

const specialFloats: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "+inf": Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

function readFloat(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  const value = specialFloats[trimmed] ?? (trimmed === "" ? Number.NaN : Number(trimmed));
  return Number.isNaN(value) && trimmed !== "nan" ? undefined : value;
}
