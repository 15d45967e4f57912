import { UnsupportedError } from "../tensor/errors.ts";

/**
 * A JavaScript regular expression for one in RE2's syntax. Throws UnsupportedError for a pattern that JavaScript cannot express, such
 * as flags in the middle of it.
 */
export function toRegExp(pattern: string, flags = ""): RegExp {
  const [, inline = "", body = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? [];
  const source = [...tokensOf(body)].map((token) => translate(token, inline.includes("s"))).join("");
  const own = [...inline].filter((flag) => flag !== "s").join("");
  try {
    return new RegExp(source, `u${own}${flags}`);
  } catch (error) {
    throw new UnsupportedError(
      `the regular expression ${JSON.stringify(pattern)} cannot be expressed in JavaScript. Write it with groups, classes, repetitions and alternatives only.`,
      { cause: error },
    );
  }
}

interface Token {
  readonly text: string;
  /** True for what stands between square brackets. */
  readonly inClass: boolean;
}

const token = /\\Q(.*?)(?:\\E|$)|\\[pP](?:\{[^}]*\}|.)|\\x\{[0-9a-fA-F]+\}|\\.|\[:\^?\w+:\]|\(\?P?<\w+>|./gsu;

function* tokensOf(pattern: string): Generator<Token> {
  let inClass = false;
  let opened = "";
  for (const [text, quoted] of pattern.matchAll(token)) {
    if (quoted !== undefined) {
      for (const letter of quoted) yield { text: `\\x{${letter.codePointAt(0)?.toString(16)}}`, inClass };
    } else if (inClass && text === "]" && /^\[\^?$/.test(opened)) {
      yield { text: "\\]", inClass };
    } else {
      const isEnd: boolean = inClass && text === "]";
      yield { text, inClass: inClass && !isEnd };
      opened = inClass ? opened + text : text;
      inClass = inClass ? !isEnd : text === "[";
    }
  }
}

/** What each name between `[:` and `:]` stands for, inside square brackets. */
const namedClasses: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};
const escapes: Readonly<Record<string, string>> = { A: "^", z: "$", a: "\\x07" };
const spaces = "\\t\\n\\f\\r ";

function translate({ text, inClass }: Token, dotMatchesAll: boolean): string {
  const named = /^\[:(\w+):\]$/.exec(text)?.[1];
  if (named !== undefined && inClass) return namedClasses[named] ?? text;
  if (text.startsWith("(?P<")) return text.replace("(?P<", "(?<");
  if (text === "." && !inClass) return dotMatchesAll ? "[^]" : "[^\\n]";
  if (inClass && /^[[{}]$/.test(text)) return `\\${text}`;
  return text.startsWith("\\") ? translateEscape(text, inClass) : text;
}

function translateEscape(text: string, inClass: boolean): string {
  const letter = text.slice(1);
  if (letter === "s") return inClass ? spaces : `[${spaces}]`;
  if (letter === "S" && !inClass) return `[^${spaces}]`;
  if (/^[pP]/.test(letter)) return translateProperty(letter);
  if (letter.startsWith("x{")) return `\\u${letter.slice(1)}`;
  if (!inClass && escapes[letter] !== undefined) return escapes[letter];
  // JavaScript takes a backslash only before letters that mean something and before the signs of its own syntax.
  const isSign = /^[^a-zA-Z0-9^$\\.*+?()[\]{}|/]$/u.test(letter) && !(inClass && letter === "-");
  return isSign ? letter : text;
}

/** Of the names of Unicode properties those of one or two letters are general categories, longer ones scripts. */
function translateProperty(text: string): string {
  const [, kind = "", not, name = ""] = /^([pP])\{?(\^?)(\w+)\}?$/.exec(text) ?? [];
  const isNegated = (kind === "P") !== (not === "^");
  return `\\${isNegated ? "P" : "p"}{${name.length > 2 ? "Script=" : ""}${name}}`;
}
