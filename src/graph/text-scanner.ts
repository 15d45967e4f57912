import { FormatError } from "../tensor/errors.ts";

const blank = /(?:\s+|#(?!\d)[^\n]*)*/y;

/** Reads a text from left to right, skipping blanks and comments (`#` to the end of the line) between words. */
export class TextScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The part that the pattern (sticky) matches next, undefined when it does not. */
  match(pattern: RegExp): string | undefined {
    this.#skipBlank();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** True, and read, when exactly this comes next. A word must not go on behind it. */
  take(wanted: string): boolean {
    this.#skipBlank();
    if (!this.#text.startsWith(wanted, this.#at)) return false;
    if (/\w$/.test(wanted) && /\w/.test(this.#text.charAt(this.#at + wanted.length))) return false;
    this.#at += wanted.length;
    return true;
  }

  expect(wanted: string): void {
    if (!this.take(wanted)) this.fail(`expected "${wanted}"`);
  }

  /** True when the pattern (sticky) comes next; nothing is read. */
  sees(pattern: RegExp): boolean {
    const at = this.#at;
    const found = this.match(pattern) !== undefined;
    this.#at = at;
    return found;
  }

  /** Items separated by commas up to `end`, which is read too. */
  list<T>(end: string, item: () => T): T[] {
    const items: T[] = [];
    while (!this.take(end)) {
      if (items.length > 0) this.expect(",");
      items.push(item());
    }
    return items;
  }

  /** The text up to a comma or closing bracket that is not inside parentheses, brackets or quotes. */
  balanced(): string {
    this.#skipBlank();
    const start = this.#at;
    for (let depth = 0; this.#at < this.#text.length; this.#at++) {
      const char = this.#text.charAt(this.#at);
      if (char === '"') this.#at = this.#endOfQuote();
      if (depth === 0 && /[,\])]/.test(char)) break;
      if (char === "(" || char === "[") depth++;
      if (char === ")" || char === "]") depth--;
    }
    return this.#text.slice(start, this.#at).trim();
  }

  atEnd(): boolean {
    this.#skipBlank();
    return this.#at === this.#text.length;
  }

  /** `line 3`, where what was read last ends. */
  place(): string {
    return `line ${this.#text.slice(0, this.#at).split("\n").length}`;
  }

  /** Throws a FormatError about what comes next. */
  fail(expected: string): never {
    this.#skipBlank();
    const rest = this.#text.slice(this.#at, this.#at + 30).split("\n")[0];
    throw new FormatError(`${this.place()}: ${expected}, got ${rest === "" ? "the end" : JSON.stringify(rest)}.`);
  }

  /** Throws a FormatError about what was read last. */
  refuse(why: string): never {
    throw new FormatError(`${this.place()}: ${why}.`);
  }

  /** Where the quote that begins here ends. */
  #endOfQuote(): number {
    let at = this.#at + 1;
    while (at < this.#text.length && this.#text.charAt(at) !== '"') at += this.#text.charAt(at) === "\\" ? 2 : 1;
    return at;
  }

  #skipBlank(): void {
    blank.lastIndex = this.#at;
    blank.exec(this.#text);
    this.#at = Math.max(this.#at, blank.lastIndex);
  }
}
