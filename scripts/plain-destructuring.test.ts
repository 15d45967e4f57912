import ts from "typescript";
import { expect, test } from "vitest";
import { plainDestructuring } from "./plain-destructuring.mjs";

const cases: readonly (readonly [string, string])[] = [
  ["const [a, b] = [1, f(2, 3)];", "const a = 1, b = f(2, 3);"],
  ["const [a, b]: Pair = [x, y] as const;", "const a = x, b = y;"],
  ["for (let [i, j] = [0, n]; i < j; i++) {}", "for (let i = 0, j = n; i < j; i++) {}"],
  [
    "const [f] = [() => { const [c, d] = [1, 2]; return c + d; }];",
    "const f = () => { const c = 1, d = 2; return c + d; };",
  ],
  ["const [a, , c] = node.args as [Node, Node, Node];", "const list1$ = node.args, a = list1$[0], c = list1$[2];"],
  ["const [a, ...rest] = list as readonly [A, ...A[]];", "const list1$ = list, a = list1$[0], rest = list1$.slice(1);"],
  ["const [a, b] = [...list] as [A, B];", "const list1$ = [...list], a = list1$[0], b = list1$[1];"],
];

test.each(cases)("%s", (before, after) => {
  expect(plainDestructuring(before)).toBe(after);
  expect(ts.transpile(plainDestructuring(before))).toBe(ts.transpile(after));
});

test.each([
  "const [a, b] = pair;",
  "const [a] = [...map];",
  "const [a = 1] = [x];",
  "[a, b] = [b, a];",
  "const [[a]] = [x];",
  "const [a, b] = [x];",
])("%s stays as it is", (text) => expect(plainDestructuring(text)).toBe(text));
