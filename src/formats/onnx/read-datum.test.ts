import { describe, expect, test } from "vitest";
import type { Datum } from "../../tensor/datum.ts";
import { isTensor } from "../../tensor/datum.ts";
import { FormatError } from "../../tensor/errors.ts";
import { readModel } from "./model.ts";
import type { DatumKind } from "./read-datum.ts";
import { datumKind, readDatum } from "./read-datum.ts";
import { testBytes, testJson } from "./testdata/read.ts";

/** A value as make.py writes it. */
function toJson(datum: Datum): unknown {
  if (datum === null) return null;
  if (isTensor(datum)) return { shape: datum.shape, values: Array.from(datum.data as Float32Array) };
  if (datum instanceof Map) return Object.fromEntries([...datum].map(([key, value]) => [String(key), toJson(value)]));
  return (datum as readonly Datum[]).map(toJson);
}

const cases = testJson<Record<string, { kind: DatumKind; value: unknown }>>("datums/datums.json");

describe("readDatum", () => {
  test.each(Object.entries(cases))("%s", (name, { kind, value }) => {
    expect(toJson(readDatum(testBytes(`datums/${name}.pb`), kind))).toEqual(value);
  });

  test("gives integer keys as bigints", () => {
    const map = readDatum(testBytes("datums/map-by-number.pb"), "map") as ReadonlyMap<string | bigint, Datum>;
    expect([...map.keys()]).toEqual([7n, -1n]);
  });

  test("refuses an element kind that is not known", () => {
    const unknown = Uint8Array.of(0x10, 0x09);
    expect(() => readDatum(unknown, "sequence")).toThrow(FormatError);
    expect(() => readDatum(unknown, "sequence")).toThrow(/elements of kind 9/);
    expect(() => readDatum(unknown, "optional")).toThrow(/elements of kind 9/);
  });

  test("refuses a map whose keys and values differ in number", () => {
    const noValues = Uint8Array.of(0x18, 0x01, 0x18, 0x02);
    expect(() => readDatum(noValues, "map")).toThrow(/2 integer keys, 0 text keys and 0 values/);
  });

  test("refuses the file of another kind", () => {
    expect(() => readDatum(testBytes("datums/sequence.pb"), "tensor")).toThrow(FormatError);
  });
});

test("datumKind names the file of each type", () => {
  const { graph } = readModel(testBytes("structure.onnx"));
  const kinds = [...graph.input, ...graph.valueInfo].map(({ name, type }) => [name, datumKind(type)]);
  expect(Object.fromEntries(kinds)).toEqual({
    x: "tensor",
    flag: "tensor",
    seq: "sequence",
    opt: "optional",
    sparse: "sparse",
    map: "map",
    opaque: undefined,
  });
  expect(datumKind(undefined)).toBeUndefined();
});
