import { describe, expect, test } from "vitest";
import type { SmallFloat } from "./float8.ts";
import { smallFloatEncoder, smallFloatTable } from "./float8.ts";
import { readNpz } from "./npz.ts";
import { readTestdata } from "./testdata/read-testdata.ts";

const roundings = readNpz(readTestdata("roundings.npz"));
const array = <T>(name: string) => roundings.get(name)?.data as T;

const signed: readonly SmallFloat[] = ["f8e4m3fn", "f8e4m3fnuz", "f8e5m2", "f8e5m2fnuz"];
const all: readonly SmallFloat[] = [...signed, "f8e8m0", "f4e2m1"];

describe.each(all)("%s", (dtype) => {
  test("every pattern has the value that ml_dtypes gives it", () => {
    expect(smallFloatTable(dtype)).toEqual(array(`${dtype}-values`));
  });

  test("every value encodes to its pattern", () => {
    const encode = smallFloatEncoder(dtype, { saturate: false });
    smallFloatTable(dtype).forEach((value, bits) => {
      if (!Number.isNaN(value)) expect(encode(value), `${value}`).toBe(bits);
      else expect(smallFloatTable(dtype)[encode(value)]).toBeNaN();
    });
  });
});

describe.each(signed)("%s rounds as the ONNX reference", (dtype) => {
  test.each([
    ["saturate", true],
    ["overflow", false],
  ])("%s", (name, saturate) => {
    const encode = smallFloatEncoder(dtype, { saturate });
    const values = smallFloatTable(dtype);
    const expected = array<Uint8Array>(`${dtype}-${name}`);
    array<Float32Array>("x").forEach((value, i) => {
      const got = encode(value);
      // The patterns of NaN differ in their sign only.
      if (Number.isNaN(values[expected[i]!])) expect(values[got], `${value}`).toBeNaN();
      else expect(got, `${value}`).toBe(expected[i]);
    });
  });
});

test("f4e2m1 rounds as ml_dtypes", () => {
  const encode = smallFloatEncoder("f4e2m1");
  const expected = array<Uint8Array>("f4e2m1");
  array<Float32Array>("x").forEach((value, i) => {
    expect(encode(value), `${value}`).toBe(expected[i]);
  });
});

test.each([
  ["f8e4m3fn", -0, 0x80],
  ["f8e4m3fnuz", -0, 0],
  ["f8e4m3fnuz", -1e-9, 0],
  ["f8e5m2", -0, 0x80],
  ["f8e5m2fnuz", -0, 0],
] as const)("%s of %d", (dtype, value, expected) => {
  expect(smallFloatEncoder(dtype)(value)).toBe(expected);
});

describe("f8e8m0", () => {
  const one = 127;
  test.each([
    [1, one, one, one],
    [1.1, one + 1, one, one],
    [1.5, one + 1, one, one + 1],
    [1.499, one + 1, one, one],
    [0.124, one - 3, one - 4, one - 3],
    [-3, one + 2, one + 1, one + 2],
    [2 ** -127, 0, 0, 0],
    [2 ** 127, 254, 254, 254],
    [1.7 * 2 ** 127, 254, 254, 254],
    [0, 0, 0, 0],
    [1e-300, 0, 0, 0],
    [1e300, 254, 254, 254],
    [Infinity, 254, 254, 254],
    [Number.NaN, 255, 255, 255],
  ])("%d rounds up to %d, down to %d, to nearest %d", (value, up, down, nearest) => {
    expect(smallFloatEncoder("f8e8m0")(value)).toBe(up);
    expect(smallFloatEncoder("f8e8m0", { roundMode: "down" })(value)).toBe(down);
    expect(smallFloatEncoder("f8e8m0", { roundMode: "nearest" })(value)).toBe(nearest);
  });

  test.each([0, Infinity, 1.7 * 2 ** 127, 2 ** -130])("%d is NaN when it may not saturate", (value) => {
    expect(smallFloatEncoder("f8e8m0", { saturate: false, roundMode: "nearest" })(value)).toBe(255);
  });
});
