// Names, dims, types and tensors of the text form of graphs: what print-literal.ts and formatType write.
import type { Dim } from "../tensor/dim.ts";
import { parseDim } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { dtypeNames, dtypes, is64BitInteger, isInteger } from "../tensor/dtype.ts";
import { fromBigints, fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount, tensor } from "../tensor/tensor.ts";
import type { TextScanner } from "./text-scanner.ts";
import type { Type } from "./type.ts";
import { tensorType, tupleType } from "./type.ts";

const word = /[A-Za-z_]\w*/y;
const quoted = /"(?:[^"\\\n]|\\.)*"/y;
const element = /[-+]?(?:inf|nan|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.])|(?:true|false)\b|"(?:[^"\\\n]|\\.)*"/y;
const dtypePattern = new RegExp(`(?:${dtypeNames.join("|")})\\b`, "y");

/** A plain word or a text in double quotes; undefined when neither comes next. */
export function takeName(scanner: TextScanner): string | undefined {
  return scanner.match(word) ?? takeQuoted(scanner);
}

export function takeQuoted(scanner: TextScanner): string | undefined {
  const text = scanner.match(quoted);
  return text === undefined ? undefined : (JSON.parse(text) as string);
}

export const takeDType = (scanner: TextScanner): DType | undefined => scanner.match(dtypePattern) as DType | undefined;

/** One element of a tensor as it is written; undefined when none comes next. */
export const takeElement = (scanner: TextScanner): string | undefined => scanner.match(element);

/** Dims up to the closing bracket; the opening one has been read. */
export const readDims = (scanner: TextScanner): Dim[] =>
  scanner.list("]", () => {
    const text = scanner.balanced();
    return parseDim(text) ?? scanner.refuse(`"${text}" is no dim; expected a number or an expression such as T+1`);
  });

/** The shape behind a dtype: undefined for `[...]`. */
export function readShape(scanner: TextScanner): readonly Dim[] | undefined {
  if (!scanner.take("...")) return readDims(scanner);
  scanner.expect("]");
  return undefined;
}

/** A type as formatType writes it; `f32` alone is a scalar. */
export function readType(scanner: TextScanner): Type {
  if (scanner.take("(")) return tupleType(...scanner.list(")", () => readType(scanner)));
  if (scanner.take("absent")) return { kind: "absent" };
  for (const kind of ["sequence", "optional"] as const) {
    if (scanner.take(kind)) return { kind, item: inParentheses(scanner, () => readType(scanner)) };
  }
  if (scanner.take("map")) return inParentheses(scanner, () => readMap(scanner));
  const dtype = takeDType(scanner) ?? scanner.fail("expected a type such as f32[2,N]");
  return tensorType(dtype, scanner.take("[") ? readShape(scanner) : []);
}

function inParentheses<T>(scanner: TextScanner, read: () => T): T {
  scanner.expect("(");
  const inner = read();
  scanner.expect(")");
  return inner;
}

function readMap(scanner: TextScanner): Type {
  const key = takeDType(scanner) ?? scanner.fail("expected the dtype of the keys");
  scanner.expect(",");
  return { kind: "map", key, value: readType(scanner) };
}

/** The elements that follow a dtype and a shape: one for all, or a list. */
export function readElements(scanner: TextScanner, dtype: DType, shape: readonly Dim[]): Tensor {
  if (!shape.every((dim): dim is number => typeof dim === "number" && dim >= 0))
    return scanner.refuse("a constant needs a shape of numbers");
  const slots = dtypes[dtype].kind === "complex" ? 2 : 1;
  const count = elementCount(shape) * slots;
  const read = () => takeElement(scanner) ?? scanner.fail(`expected an element of a ${dtype} tensor`);
  if (scanner.take("[")) {
    const texts = scanner.list("]", read);
    if (texts.length === count) return tensorOf(scanner, dtype, shape, texts);
    return scanner.refuse(`${dtype}[${shape.join(",")}] has ${count} elements, the list has ${texts.length}`);
  }
  const single = read();
  if (slots > 1) return scanner.refuse(`a ${dtype} needs [real, imaginary]`);
  return tensorOf(scanner, dtype, shape, new Array<string>(count).fill(single));
}

/** A tensor of elements as they are written. Numbers are rounded for floats; for other dtypes they must fit. */
export function tensorOf(
  scanner: TextScanner,
  dtype: DType,
  shape: readonly number[],
  texts: readonly string[],
): Tensor {
  const wrong = texts.find((text) => !fits(dtype, text));
  if (wrong !== undefined) return scanner.refuse(`${wrong} is no ${dtype}`);
  if (dtype === "string")
    return tensor(
      dtype,
      shape,
      texts.map((text) => JSON.parse(text) as string),
    );
  if (dtype === "bool")
    return fromNumbers(
      dtype,
      shape,
      texts.map((text) => (text === "true" ? 1 : 0)),
    );
  if (is64BitInteger(dtype)) return integers64(scanner, dtype, shape, texts);
  const values = texts.map(toNumber);
  if (dtype === "c64") return tensor(dtype, shape, Float32Array.from(values));
  if (dtype === "c128") return tensor(dtype, shape, Float64Array.from(values));
  const made = fromNumbers(dtype, shape, values);
  const kept = numbers(made);
  const lost = isInteger(dtype) ? values.findIndex((value, i) => value !== kept[i]) : -1;
  return lost < 0 ? made : scanner.refuse(`${texts[lost]} does not fit ${dtype}`);
}

function integers64(scanner: TextScanner, dtype: "i64" | "u64", shape: readonly number[], texts: readonly string[]) {
  const made = fromBigints(dtype, shape, texts.map(BigInt));
  const lost = texts.findIndex((text, i) => BigInt(text) !== made.data[i]);
  return lost < 0 ? made : scanner.refuse(`${texts[lost]} does not fit ${dtype}`);
}

function fits(dtype: DType, text: string): boolean {
  if (dtype === "string") return text.startsWith('"');
  if (dtype === "bool") return text === "true" || text === "false";
  return isInteger(dtype) ? /^[-+]?\d+$/.test(text) : /^[-+.\din]/.test(text);
}

/** The number that `1.5`, `-inf` or `nan` stands for. */
export function toNumber(text: string): number {
  if (text.endsWith("inf")) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return text.endsWith("nan") ? Number.NaN : Number(text);
}
