/** Reads dims from text: what dimToString prints, and the spellings that exporters use in dim_param. */
import { combiners } from "./dim-choice.ts";
import { ceilDivDims, exactDivDims, floorDivDims, modDims } from "./dim-division.ts";
import type { Dim } from "./dim-expr.ts";
import { addDims, divisorOf, mulDims, numeratorOf, subDims, symbol, unknownDim } from "./dim-expr.ts";

type Binary = "+" | "-" | "*" | "/" | "//" | "%";

/** What an expression means, and the two sides when a division is the last thing that it does: floor and ceil round that. */
interface Parsed {
  readonly value: Dim;
  readonly division?: readonly [Dim, Dim];
}

const token = /\s*(?:(\d+)|([\p{L}_][\p{L}\p{N}_.]*(?:\[\d+\])?)|("(?:[^"\\]|\\.)*")|(\/\/|[-+*/%(),?]))/uy;

/** Deeper expressions are not read: none that a person or an exporter writes comes near. */
const maxDepth = 100;

class SyntaxFault extends Error {}

/**
 * The dim that a text describes, undefined when it does not parse. Integers, names (in double quotes where they are no
 * identifiers), `?`, + - * and parentheses; a/b is an exact division, a//b rounds down, a%b is the remainder;
 * floor(a/b), ceil(a/b), min(a,...), max(a,...), mod(a,b), broadcast(a,...), in any case.
 */
export function parseDim(text: string): Dim | undefined {
  try {
    const parser = new DimParser(text);
    return parser.whole();
  } catch (error) {
    if (error instanceof SyntaxFault || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  token.lastIndex = 0;
  while (token.lastIndex < end) {
    const match = token.exec(text);
    if (match === null) throw new SyntaxFault();
    tokens.push(match[0].trim());
  }
  return tokens;
}

class DimParser {
  readonly #tokens: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  whole(): Dim {
    const { value } = this.#sum();
    if (this.#at < this.#tokens.length) throw new SyntaxFault();
    return value;
  }

  #take(...wanted: string[]): string | undefined {
    const next = this.#tokens[this.#at];
    if (next === undefined || !wanted.includes(next)) return undefined;
    this.#at++;
    return next;
  }

  #expect(wanted: string): void {
    if (this.#take(wanted) === undefined) throw new SyntaxFault();
  }

  #nested(read: () => Parsed): Parsed {
    if (++this.#depth > maxDepth) throw new SyntaxFault();
    const parsed = read();
    this.#depth--;
    return parsed;
  }

  #sum(): Parsed {
    let left = this.#product();
    for (let sign = this.#take("+", "-"); sign !== undefined; sign = this.#take("+", "-")) {
      left = combine(sign as Binary, left.value, this.#product().value);
    }
    return left;
  }

  #product(): Parsed {
    let left = this.#factor();
    for (let sign = this.#take("*", "/", "//", "%"); sign !== undefined; sign = this.#take("*", "/", "//", "%")) {
      left = combine(sign as Binary, left.value, this.#factor().value);
    }
    return left;
  }

  #factor(): Parsed {
    if (this.#take("-") !== undefined) return { value: subDims(0, this.#nested(() => this.#factor()).value) };
    if (this.#take("(") !== undefined) {
      const inner = this.#nested(() => this.#sum());
      this.#expect(")");
      return inner;
    }
    const word = this.#tokens[this.#at++];
    if (word === undefined || /^[+*/%),]/.test(word)) throw new SyntaxFault();
    if (word === "?") return { value: unknownDim };
    if (/^\d/.test(word)) return { value: integer(word) };
    if (word.startsWith('"')) return { value: symbol(JSON.parse(word) as string) };
    return { value: this.#take("(") === undefined ? symbol(word) : this.#call(word.toLowerCase()) };
  }

  #call(name: string): Dim {
    const args = [this.#nested(() => this.#sum())];
    while (this.#take(",") !== undefined) args.push(this.#nested(() => this.#sum()));
    this.#expect(")");
    return call(name, args);
  }
}

function integer(digits: string): number {
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) throw new SyntaxFault();
  return value;
}

function combine(sign: Binary, a: Dim, b: Dim): Parsed {
  if (sign === "/") return { value: exactDivDims(a, b), division: [a, b] };
  const operations = { "+": addDims, "-": subDims, "*": mulDims, "//": floorDivDims, "%": modDims };
  return { value: operations[sign](a, b) };
}

function call(name: string, args: readonly Parsed[]): Dim {
  const [first, second] = args;
  if (first === undefined) throw new SyntaxFault();
  if ((name === "floor" || name === "ceil") && args.length === 1) {
    const [a, b] = first.division ?? [numeratorOf(first.value), divisorOf(first.value)];
    return name === "floor" ? floorDivDims(a, b) : ceilDivDims(a, b);
  }
  if (name === "mod" && second !== undefined && args.length === 2) return modDims(first.value, second.value);
  if (name !== "min" && name !== "max" && name !== "broadcast") throw new SyntaxFault();
  return args.map((arg) => arg.value).reduce(combiners[name]);
}
