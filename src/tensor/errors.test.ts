import { describe, expect, test } from "vitest";
import {
  AbortedError,
  FormatError,
  invariant,
  LanewiseError,
  LimitError,
  ShapeError,
  TargetError,
  UnsupportedError,
  UsageError,
  within,
  withinAsync,
} from "./errors.ts";

test.each([
  [FormatError, "FORMAT", "FormatError"],
  [UnsupportedError, "UNSUPPORTED", "UnsupportedError"],
  [ShapeError, "SHAPE", "ShapeError"],
  [TargetError, "TARGET", "TargetError"],
  [UsageError, "USAGE", "UsageError"],
  [LimitError, "LIMIT", "LimitError"],
  [AbortedError, "ABORTED", "AbortedError"],
] as const)("%o has code %s", (Kind, code, name) => {
  const cause = new Error("deeper");
  const error = new Kind("why", { cause });
  expect(error).toBeInstanceOf(LanewiseError);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ code, name, message: "why", cause });
});

describe("within", () => {
  test("puts the context before the message, and keeps the error", () => {
    const original = new ShapeError("k differs", { cause: 1 });
    const failing = () => {
      throw original;
    };
    const nested = () => within('Model "m"', () => within('MatMul "a"', failing));
    expect(nested).toThrow(original);
    expect(original.message).toBe('Model "m": MatMul "a": k differs');
    expect(original.cause).toBe(1);
  });

  test("leaves other errors and results alone", () => {
    const bug = new TypeError("x is undefined");
    expect(() =>
      within("context", () => {
        throw bug;
      }),
    ).toThrow(bug);
    expect(bug.message).toBe("x is undefined");
    expect(within("context", () => 3)).toBe(3);
  });

  test("also around awaited work", async () => {
    const failing = () => Promise.reject(new FormatError("truncated"));
    await expect(withinAsync("m.onnx", failing)).rejects.toThrow("m.onnx: truncated");
    await expect(withinAsync("m.onnx", async () => 3)).resolves.toBe(3);
  });
});

test("a broken invariant is our bug", () => {
  expect(() => invariant(false, "two steps write one buffer")).toThrow(/^Bug: two steps write one buffer$/);
  expect(() => invariant(true, "")).not.toThrow();
});
