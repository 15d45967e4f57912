import { describe, expect, test } from "vitest";
import type { Kernel, Node, Region } from "./node.ts";
import type { Op } from "./operations.ts";
import type { Type } from "./type.ts";
import { verify } from "./verify.ts";

let id = 0;

function make(op: Op, type: Type, args: readonly Node[] = [], regions: readonly Region[] = []): Node {
  const immediate = op === "const" ? { value: 1 } : {};
  return { id: id++, op, type, args, immediate, regions };
}

const kernel = (body: readonly Node[], legal = false): Kernel => ({
  name: "broken",
  words: [],
  scratchBytes: 0,
  legal,
  body: { params: [], body, yields: [] },
});

describe("verify", () => {
  const one = make("const", "i32");
  const half = make("const", "f32");

  test("accepts a use after its definition", () => {
    expect(() => verify(kernel([one, make("iadd", "i32", [one, one])]))).not.toThrow();
  });

  test("finds a use before the definition", () => {
    expect(() => verify(kernel([make("iadd", "i32", [one, one]), one]))).toThrow(
      /Bug: kernel broken .*is not defined here/,
    );
  });

  test("finds operands of the wrong type", () => {
    expect(() => verify(kernel([one, half, make("add", "f32", [one, half])]))).toThrow(/must have one type/);
    expect(() => verify(kernel([one, make("iadd", "f32", [one, one])]))).toThrow(/should be i32, is f32/);
  });

  test("finds values that leave their region", () => {
    const inner = make("const", "i32");
    const when = make("when", "none", [one], [{ params: [], body: [inner], yields: [] }]);
    expect(() => verify(kernel([one, when, make("iadd", "i32", [inner, one])]))).toThrow(/is not defined here/);
  });

  test("finds yields that do not fit the params", () => {
    const [index, param] = [make("param", "i32"), make("param", "f32")];
    const region = (yields: readonly Node[]): Region => ({ params: [index, param], body: [], yields });
    const loop = (yields: readonly Node[]): Node => make("loop", "none", [one, one, one, half], [region(yields)]);
    expect(() => verify(kernel([one, half, loop([param])]))).not.toThrow();
    expect(() => verify(kernel([one, half, loop([])]))).toThrow(/0 yields for 1 params/);
    expect(() => verify(kernel([one, half, loop([index])]))).toThrow(/yield 0 is i32, not f32/);
  });

  test("finds what legalize should have rewritten", () => {
    const exp = make("exp", "f32", [half]);
    expect(() => verify(kernel([half, exp]))).not.toThrow();
    expect(() => verify(kernel([half, exp], true))).toThrow(/it is not a leaf/);
  });
});
