import { describe, expect, it } from "vitest";
import { evaluate } from "../graph/evaluate.ts";
import { constant, input } from "../graph/leaves.ts";
import { formatType, optionalType, sequenceType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Datum } from "../tensor/datum.ts";
import { ShapeError } from "../tensor/errors.ts";
import { numbers, scalar } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { optional } from "./optional.ts";
import { optionalGet } from "./optional-get.ts";
import { optionalHas } from "./optional-has.ts";
import { sequence } from "./sequence.ts";
import { sequenceAt } from "./sequence-at.ts";
import { sequenceConcat } from "./sequence-concat.ts";
import { sequenceErase } from "./sequence-erase.ts";
import { sequenceInsert } from "./sequence-insert.ts";
import { sequenceLength } from "./sequence-length.ts";
import { sequenceSplit } from "./sequence-split.ts";
import { constantOf, elements } from "./testing.ts";

const run = (value: Value): Datum =>
  evaluate({ name: "t", inputs: [], outputs: [{ name: "y", value }] }, [])[0] as Datum;
const lists = (value: Value): number[][] => (run(value) as readonly Tensor[]).map((t) => [...numbers(t)]);
const shapes = (value: Value): (readonly number[])[] => (run(value) as readonly Tensor[]).map(({ shape }) => shape);
const at = (position: number): Value => constant(scalar("i64", position));
const [a, b, c] = [1, 2, 3].map((value) => constantOf("f32", [1], [value])) as [Value, Value, Value];
const abc = sequence([a, b, c]);

describe("sequences", () => {
  it("have the type that holds all items", () => {
    expect(formatType(abc.type)).toBe("sequence(f32[1])");
    expect(formatType(sequence([a, constantOf("f32", [2], [1, 2])]).type)).toBe("sequence(f32[?])");
    expect(formatType(sequence([]).type)).toBe("sequence(f32[...])");
    expect(formatType(sequenceInsert(sequence([]), a, undefined).type)).toBe("sequence(f32[1])");
    expect(() => sequence([a, at(0)])).toThrow("of one dtype and kind, got f32[1], i64[]");
    expect(() => sequenceInsert(abc, at(0), undefined)).toThrow("got i64[] for sequence(f32[1])");
  });

  it("are indexed from both ends", () => {
    expect([0, 2, -1, -3].map((position) => elements(sequenceAt(abc, at(position)))[0])).toEqual([1, 3, 3, 1]);
    expect(() => run(sequenceAt(abc, at(3)))).toThrow("position 3 is out of range for a sequence of 3 items");
    expect(() => run(sequenceAt(abc, at(-4)))).toThrow(ShapeError);
  });

  it("take items in at any place up to the end", () => {
    const d = constantOf("f32", [1], [9]);
    expect([0, 3, -1, -3].map((position) => lists(sequenceInsert(abc, d, at(position))).flat())).toEqual([
      [9, 1, 2, 3],
      [1, 2, 3, 9],
      [1, 2, 9, 3],
      [9, 1, 2, 3],
    ]);
    expect(lists(sequenceInsert(abc, d, undefined)).flat()).toEqual([1, 2, 3, 9]);
    expect(() => run(sequenceInsert(abc, d, at(4)))).toThrow("position 4 is out of range");
  });

  it("give items up", () => {
    expect(lists(sequenceErase(abc, at(-2))).flat()).toEqual([1, 3]);
    expect(lists(sequenceErase(abc, undefined)).flat()).toEqual([1, 2]);
    expect(() => run(sequenceErase(sequence([]), undefined))).toThrow("the sequence is empty");
  });

  it("know how many items they have", () => {
    expect(run(sequenceLength(sequenceErase(abc, at(0))))).toMatchObject({
      dtype: "i64",
      shape: [],
      data: new BigInt64Array([2n]),
    });
  });

  it("are joined along an axis of the items or a new one", () => {
    const rows = sequence([constantOf("f32", [1, 2], [1, 2]), constantOf("f32", [2, 2], [3, 4, 5, 6])]);
    const joined = sequenceConcat(rows, { axis: 0, newAxis: false });
    expect(formatType(joined.type)).toBe("f32[?,2]");
    expect(elements(joined)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(run(sequenceConcat(abc, { axis: -1, newAxis: true }))).toMatchObject({ shape: [1, 3] });
    expect(() => run(sequenceConcat(rows, { axis: 0, newAxis: true }))).toThrow("must keep their type to be stacked");
    expect(() => run(sequenceConcat(sequence([]), { axis: 0, newAxis: false }))).toThrow("the sequence is empty");
  });

  it("are cut from tensors", () => {
    const x = constantOf("f32", [2, 5], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const split = (sizes: Value | undefined, keepAxis: boolean) => sequenceSplit(x, sizes, { axis: 1, keepAxis });
    expect(shapes(split(undefined, true))).toEqual(new Array(5).fill([2, 1]));
    expect(formatType(split(undefined, false).type)).toBe("sequence(f32[2])");
    expect(lists(split(undefined, false))[1]).toEqual([1, 6]);
    expect(shapes(split(at(2), true))).toEqual([
      [2, 2],
      [2, 2],
      [2, 1],
    ]);
    expect(lists(split(constantOf("i64", [3], [1, 0, 4]), true))).toEqual([[0, 5], [], [1, 2, 3, 4, 6, 7, 8, 9]]);
    expect(() => run(split(constantOf("i64", [2], [1, 1]), true))).toThrow("add up to the 5 entries");
    expect(() => run(split(at(0), true))).toThrow("at least 1, got 0");
  });
});

describe("optionals", () => {
  it("hold a value or nothing", () => {
    const [full, empty] = [optional(a), optional(undefined, { item: tensorType("f32", [1]) })];
    expect([full, empty].map(({ type }) => formatType(type))).toEqual(["optional(f32[1])", "optional(f32[1])"]);
    expect([full, empty, a, undefined].map((value) => elements(optionalHas(value))[0])).toEqual([1, 0, 1, 0]);
    expect(elements(optionalGet(full))).toEqual([1]);
    expect(() => run(optionalGet(empty))).toThrow("the optional is empty");
  });

  it("hold sequences", () => {
    const held = input("held", optionalType(sequenceType(tensorType("f32", [1]))));
    expect(formatType(optionalGet(held).type)).toBe("sequence(f32[1])");
    expect(
      evaluate({ name: "t", inputs: [held], outputs: [{ name: "y", value: optionalHas(held) }] }, [null]),
    ).toMatchObject([{ data: new Uint8Array([0]) }]);
  });
});
