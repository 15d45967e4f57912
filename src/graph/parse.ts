import { within } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { construct } from "./construct.ts";
import type { Graph, GraphOutput } from "./graph.ts";
import { absent, constant, dims, input, pickOp } from "./leaves.ts";
import type { Op } from "./op.ts";
import {
  readDims,
  readElements,
  readShape,
  readType,
  takeDType,
  takeElement,
  takeName,
  takeQuoted,
  tensorOf,
  toNumber,
} from "./parse-literal.ts";
import { TextScanner } from "./text-scanner.ts";
import { formatType, tensorType } from "./type.ts";
import type { Attribute, Attributes, Value } from "./value.ts";

export interface ParseOptions {
  /** The tensors that the text shows by number: `constant f32[64,3] #0` is the first. */
  readonly constants?: readonly Tensor[];
}

type Ops = Readonly<Record<string, Op>>;

/** The graph that a text of printGraph describes, types inferred anew. Throws FormatError or ShapeError naming the line. */
export function parseGraph(text: string, ops: Ops, { constants = [] }: ParseOptions = {}): Graph {
  const scanner = new TextScanner(text);
  const graph = readGraph(scanner, { ops, constants }, true);
  if (!scanner.atEnd()) scanner.fail("expected the end");
  return graph;
}

type Known = Pick<ExpressionScope, "ops" | "constants">;

function readGraph(scanner: TextScanner, known: Known, isOuter: boolean): Graph {
  scanner.expect("graph");
  const name = takeName(scanner) ?? scanner.fail("expected the name of the graph");
  const names = new Map<string, Value>();
  const reader = new ExpressionReader({ scanner, ...known, names });
  scanner.expect("(");
  const inputs = scanner.list(")", () => readInput(scanner, names, isOuter));
  scanner.expect("{");
  while (!scanner.take("return")) readLine(scanner, reader, names);
  const outputs: GraphOutput[] = [];
  while (!scanner.take("}")) {
    if (outputs.length > 0) scanner.expect(",");
    const output = takeName(scanner) ?? scanner.fail("expected the name of an output");
    scanner.expect(":");
    outputs.push({ name: output, value: reader.value() });
  }
  return { name, inputs, outputs };
}

function readInput(scanner: TextScanner, names: Map<string, Value>, isOuter: boolean): Value {
  const name = takeName(scanner) ?? scanner.fail("expected the name of an input");
  if (names.has(name)) scanner.refuse(`there is an input "${name}" already`);
  scanner.expect(":");
  const value = input(name, readType(scanner), isOuter);
  names.set(name, value);
  return value;
}

function readLine(scanner: TextScanner, reader: ExpressionReader, names: Map<string, Value>): void {
  const label = scanner.match(/%\w+/y) ?? scanner.fail('expected a line such as "%0 = add(x, y)" or "return"');
  if (names.has(label)) scanner.refuse(`${label} is defined already`);
  scanner.expect("=");
  names.set(label, reader.value());
}

export interface ExpressionScope {
  readonly scanner: TextScanner;
  readonly ops: Ops;
  readonly constants: readonly Tensor[];
  /** What names stand for: those of inputs, and `%0` of results. */
  readonly names: ReadonlyMap<string, Value>;
  /** Makes a value for a name that stands for nothing; without it such names are errors. */
  readonly free?: (name: string) => Value;
}

/** A number or truth value without a dtype: it takes that of the first operand that shows one. */
interface Bare {
  readonly bare: string;
}
type Item = Value | Bare;
const isBare = (item: Item): item is Bare => "bare" in item;

/** Reads the expressions of the text form: operands, calls, constants. */
export class ExpressionReader {
  readonly #scope: ExpressionScope;

  constructor(scope: ExpressionScope) {
    this.#scope = scope;
  }

  /** An expression whose type does not depend on others: a bare number is an error. */
  value(): Value {
    const item = this.#item();
    return isBare(item) ? this.#scope.scanner.refuse(`${item.bare} needs a dtype in front of it, as in f32 1`) : item;
  }

  #item(): Item {
    const { scanner } = this.#scope;
    let item = this.#primary();
    for (let index = scanner.match(/\.\d+/y); index !== undefined; index = scanner.match(/\.\d+/y)) {
      if (isBare(item)) return scanner.fail("expected an operator with several results");
      item = construct(pickOp, [item], { index: Number(index.slice(1)) }) as Value;
    }
    return item;
  }

  #primary(): Item {
    const { scanner } = this.#scope;
    if (scanner.take("_")) return absent;
    if (scanner.take("[")) return this.#vector();
    if (scanner.take("constant")) return constant(this.#numbered());
    const label = scanner.match(/%\w+/y);
    if (label !== undefined) return this.#named(label);
    const text = takeQuoted(scanner);
    if (text !== undefined) return scanner.take("(") ? this.#call(text) : this.#named(text);
    const bare = takeElement(scanner);
    if (bare !== undefined) return { bare };
    const dtype = takeDType(scanner);
    if (dtype !== undefined)
      return constant(readElements(scanner, dtype, (scanner.take("[") ? readShape(scanner) : []) ?? []));
    const name = takeName(scanner) ?? scanner.fail("expected an operand");
    return scanner.take("(") ? this.#call(name) : this.#named(name);
  }

  #named(name: string): Value {
    const { names, free, scanner } = this.#scope;
    return names.get(name) ?? free?.(name) ?? scanner.refuse(`there is nothing named ${name} yet`);
  }

  /** An i64 vector, exact where its elements are plain numbers. */
  #vector(): Value {
    const { scanner } = this.#scope;
    if (!scanner.sees(/(?:[-+]?\d+(?:\s*,\s*[-+]?\d+)*)?\s*\]/y)) return dims(readDims(scanner));
    const texts = scanner.list("]", () => takeElement(scanner) ?? scanner.fail("expected an element"));
    return constant(tensorOf(scanner, "i64", [texts.length], texts));
  }

  #numbered(): Tensor {
    const { scanner, constants } = this.#scope;
    const type = readType(scanner);
    const number = scanner.match(/#\d+/y) ?? scanner.fail("expected the number of a constant, such as #0");
    const held = constants[Number(number.slice(1))];
    if (held === undefined)
      return scanner.refuse(`there is no constant ${number} among the ${constants.length} that were passed`);
    const actual = formatType(tensorType(held.dtype, held.shape));
    return actual === formatType(type)
      ? held
      : scanner.refuse(`the constant ${number} is ${actual}, not ${formatType(type)}`);
  }

  #call(name: string): Value {
    const { scanner, ops } = this.#scope;
    const op = Object.hasOwn(ops, name) ? ops[name] : undefined;
    if (op === undefined) return scanner.refuse(`there is no operator "${name}"`);
    let attributes: Attributes = {};
    const items: Item[] = [];
    while (!scanner.take(")")) {
      if (items.length > 0) scanner.expect(",");
      if (scanner.take("{")) {
        attributes = Object.fromEntries(scanner.list("}", () => this.#entry()));
        scanner.expect(")");
        break;
      }
      items.push(this.#item());
    }
    const operands = this.#typed(items, op);
    return within(scanner.place(), () => construct(op, operands, attributes) as Value);
  }

  /** Gives bare numbers their dtype, and fills up with absent operands. */
  #typed(items: readonly Item[], op: Op): Value[] {
    const { scanner } = this.#scope;
    const like = items.find((item): item is Value => !isBare(item) && item !== absent);
    const values = items.map((item) => {
      if (!isBare(item)) return item;
      if (like?.type.kind !== "tensor")
        return scanner.refuse(
          `${op.name} has no operand that tells the dtype of ${item.bare}; write it in front, as in f32 1`,
        );
      return constant(tensorOf(scanner, like.type.dtype, [], [item.bare]));
    });
    const { operandNames } = op;
    if (operandNames.at(-1)?.startsWith("...")) return values;
    if (values.length > operandNames.length)
      return scanner.refuse(`${op.name} takes ${operandNames.length} operands, not ${values.length}`);
    return operandNames.map((_name, i) => values[i] ?? absent);
  }

  #entry(): [string, Attribute] {
    const { scanner } = this.#scope;
    const name = takeName(scanner) ?? scanner.fail("expected the name of an attribute");
    scanner.expect(":");
    return [name, this.#attribute()];
  }

  #attribute(): Attribute {
    const { scanner, ops, constants } = this.#scope;
    if (scanner.sees(/graph\b/y)) return readGraph(scanner, { ops, constants }, false);
    if (scanner.take("[")) return scanner.list("]", () => this.#attribute());
    if (scanner.take("constant")) return this.#numbered();
    const integer = scanner.match(/-?\d+n\b/y);
    if (integer !== undefined) return BigInt(integer.slice(0, -1));
    const element = takeElement(scanner);
    if (element === "true" || element === "false") return element === "true";
    if (element !== undefined) return element.startsWith('"') ? (JSON.parse(element) as string) : toNumber(element);
    return this.#typeOrTensor();
  }

  /** `f16` is the word, `f16[]` the type, `f16 1` the tensor. */
  #typeOrTensor(): Attribute {
    const { scanner } = this.#scope;
    const dtype = takeDType(scanner);
    if (dtype === undefined) return readType(scanner);
    const hasShape = scanner.take("[");
    const shape = hasShape ? readShape(scanner) : [];
    if (scanner.sees(/[-+.\w"[]/y)) return readElements(scanner, dtype, shape ?? []);
    return hasShape ? tensorType(dtype, shape) : dtype;
  }
}
