import { describe, expect, it } from "vitest";
import type { Type } from "../graph/type.ts";
import { tensorType } from "../graph/type.ts";
import { addDims, mulDims, symbol, unknownDim } from "../tensor/dim.ts";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { zeros } from "../tensor/tensor.ts";
import { bindInputs, bindShapes } from "./bind-inputs.ts";
import type { Feed } from "./feed.ts";

const [batch, past] = [symbol("batch"), symbol("past")];
const portsOf = (types: Record<string, Type>) =>
  Object.entries(types).map(([name, type], value) => ({ name, type, value }));
const bind = (types: Record<string, Type>, feeds: unknown) =>
  bindInputs(portsOf(types), feeds as Readonly<Record<string, Feed>>);
const f32 = (...shape: number[]) => zeros("f32", shape);

describe("bindInputs", () => {
  it("gives data in the order of the inputs and what each symbol stands for", () => {
    const types = { x: tensorType("f32", [batch, 3]), y: tensorType("f32", [past]) };
    const [x, y] = [f32(2, 3), f32(5)];
    const { data, bindings } = bind(types, { y, x });
    expect(data).toEqual([x, y]);
    expect([...bindings]).toEqual([
      ["batch", 2],
      ["past", 5],
    ]);
  });

  it("solves expressions after plain symbols, wherever they are", () => {
    const types = { mask: tensorType("f32", [batch, addDims(past, 1)]), cache: tensorType("f32", [past]) };
    expect([...bind(types, { mask: f32(2, 8), cache: f32(7) }).bindings]).toEqual([
      ["batch", 2],
      ["past", 7],
    ]);
    expect(bind({ x: tensorType("f32", [mulDims(2, past)]) }, { x: f32(6) }).bindings.get("past")).toBe(3);
  });

  it("leaves unknown dims and ranks open", () => {
    const types = { x: tensorType("f32", [unknownDim, 2]), y: tensorType("f32", undefined) };
    expect(bind(types, { x: f32(9, 2), y: f32(1, 2, 3) }).bindings.size).toBe(0);
  });

  it("takes names that every object inherits as names", () => {
    expect(() => bind({ toString: tensorType("f32", [1]) }, {})).toThrow('The input "toString" (f32[1]) is missing.');
    expect(bind({ constructor: tensorType("f32", [1]) }, { constructor: f32(1) }).data).toHaveLength(1);
  });

  const types = { input_ids: tensorType("i64", [batch, 4]), attention_mask: tensorType("f32", [batch, past]) };
  const ids = zeros("i64", [2, 4]);
  const faults: readonly (readonly [
    what: string,
    feeds: unknown,
    error: typeof UsageError | typeof ShapeError,
    message: string,
  ])[] = [
    [
      "a missing input",
      { input_ids: ids },
      UsageError,
      'The input "attention_mask" (f32[batch,past]) is missing. Pass every input of the model: input_ids: i64[batch,4], attention_mask: f32[batch,past].',
    ],
    [
      "all inputs missing",
      {},
      UsageError,
      'The inputs "input_ids" (i64[batch,4]), "attention_mask" (f32[batch,past]) are missing.',
    ],
    [
      "an undefined input",
      { input_ids: undefined, attention_mask: f32(2, 3) },
      UsageError,
      'The input "input_ids" (i64[batch,4]) is missing.',
    ],
    [
      "a wrong name near one",
      { inputs_ids: ids },
      UsageError,
      'The model has no input "inputs_ids"; did you mean "input_ids"? Its inputs are input_ids: i64[batch,4], attention_mask: f32[batch,past].',
    ],
    [
      "a wrong name in other case",
      { Attention_Mask: f32(2, 3), input_ids: ids },
      UsageError,
      'did you mean "attention_mask"?',
    ],
    ["a wrong name near none", { zzz: ids }, UsageError, 'The model has no input "zzz". Its inputs are'],
    [
      "a wrong rank",
      { input_ids: zeros("i64", [4]), attention_mask: f32(2, 3) },
      ShapeError,
      'Input "input_ids" is i64[batch,4], got i64[4]: expected rank 2, got 1.',
    ],
    [
      "a wrong dim",
      { input_ids: zeros("i64", [2, 5]), attention_mask: f32(2, 3) },
      ShapeError,
      'Input "input_ids" is i64[batch,4], got i64[2,5]: dim 1 must be 4, got 5 (batch=2).',
    ],
    [
      "a symbol with two sizes",
      { input_ids: ids, attention_mask: f32(3, 3) },
      ShapeError,
      'Input "attention_mask" is f32[batch,past], got f32[3,3]: dim 0 must be batch = 2, got 3 (batch=2).',
    ],
    ["no object", undefined, UsageError, "The inputs must be an object such as { input_ids: data }, got undefined."],
  ];
  it.each(faults)("refuses %s", (_what, feeds, error, message) => {
    expect(() => bind(types, feeds)).toThrow(error);
    expect(() => bind(types, feeds)).toThrow(message);
  });

  it("refuses an expression that contradicts its symbols", () => {
    const linked = { cache: tensorType("f32", [past]), mask: tensorType("f32", [addDims(past, 1)]) };
    expect(() => bind(linked, { cache: f32(4), mask: f32(4) })).toThrow(
      'Input "mask" is f32[past+1], got f32[4]: dim 0 must be past+1 = 5, got 4 (past=4).',
    );
    expect(() => bind({ x: tensorType("f32", [mulDims(2, past)]) }, { x: f32(5) })).toThrow(
      "dim 0 must be 2*past, got 5",
    );
  });

  it("says that a model without inputs takes none", () => {
    expect(() => bind({}, { x: f32(1) })).toThrow('The model has no input "x". Its inputs are none.');
  });
});

describe("bindShapes", () => {
  const types = { mask: tensorType("f32", [batch, addDims(past, 1)]), cache: tensorType("f32", [past, 4]) };
  const bound = (shapes: Record<string, readonly number[]>) => [...bindShapes(portsOf(types), shapes)];

  it("gives what each symbol stands for, of the inputs that it takes", () => {
    const expected = [
      ["batch", 2],
      ["past", 7],
    ];
    expect(bound({ mask: [2, 8], cache: [7, 4] })).toEqual(expected);
    expect(bound({ mask: [2, 8] })).toEqual(expected);
  });

  it.each([
    [{ cache: [7, 4] }, "The shapes leave dims open. Give the shape of mask: f32[batch,past+1] too."],
    [{ maks: [2, 8] }, 'The model has no input "maks"; did you mean "mask"?'],
    [{ mask: [2, 8], cache: [7, 5] }, 'Input "cache" is f32[past,4], got f32[7,5]: dim 1 must be 4, got 5'],
    [{ mask: [2] }, "expected rank 2, got 1"],
  ])("refuses %j", (shapes, message) => {
    expect(() => bound(shapes)).toThrow(message);
  });
});
