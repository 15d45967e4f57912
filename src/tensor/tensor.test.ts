import { describe, expect, test } from "vitest";
import { bytesFor, dtypeNames, dtypes, is64BitInteger, isFloat, isInteger, isPacked } from "./dtype.ts";
import { ShapeError } from "./errors.ts";
import { allocate, elementCount, storageLength, tensor, zeros } from "./tensor.ts";

describe("dtypes", () => {
  test("there are the 26 of ONNX", () => {
    expect(dtypeNames).toHaveLength(26);
    expect(dtypeNames.filter(isFloat)).toHaveLength(10);
    expect(dtypeNames.filter(isInteger)).toHaveLength(12);
    expect(dtypeNames.filter(isPacked)).toEqual(["f4e2m1", "i4", "i2", "u4", "u2"]);
    expect(dtypeNames.filter(is64BitInteger)).toEqual(["i64", "u64"]);
  });

  test.each(dtypeNames.filter((dtype) => dtype !== "string" && !isPacked(dtype)))(
    "%s: the storage array fits",
    (dtype) => {
      const data = allocate(dtype, 3) as Uint8Array;
      expect(data.byteLength).toBe((3 * dtypes[dtype].bits) / 8);
      expect(data.byteLength).toBe(bytesFor(dtype, 3));
      expect(data).toHaveLength(storageLength(dtype, 3));
    },
  );

  test("packed types round up to whole bytes", () => {
    expect(["i4", "u2", "f4e2m1"].map((dtype) => bytesFor(dtype as "i4", 5))).toEqual([3, 2, 3]);
    expect(bytesFor("i4", 0)).toBe(0);
  });
});

describe("tensors", () => {
  test("a scalar has one element, an empty axis none", () => {
    expect(elementCount([])).toBe(1);
    expect(elementCount([3, 0])).toBe(0);
  });

  test("zeros", () => {
    expect(zeros("i64", [2])).toEqual({ dtype: "i64", shape: [2], data: new BigInt64Array(2) });
    expect(zeros("string", [2])).toEqual({ dtype: "string", shape: [2], data: ["", ""] });
    expect(zeros("c64", [2]).data).toHaveLength(4);
    expect(zeros("u2", [5]).data).toHaveLength(2);
  });

  test("storage must fit the shape", () => {
    const data = new Float32Array(6);
    expect(tensor("f32", [2, 3], data).data).toBe(data);
    expect(() => tensor("f32", [2, 2], data)).toThrow("Tensor f32[2,2] needs 4 storage slots, its data has 6.");
    expect(() => tensor("f32", [2, 2], data)).toThrow(ShapeError);
    expect(() => tensor("i4", [3], new Uint8Array(3))).toThrow("needs 2 storage slots");
  });
});
