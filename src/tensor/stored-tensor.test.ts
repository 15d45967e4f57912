import { describe, expect, it } from "vitest";
import { dtypeNames, dtypes } from "./dtype.ts";
import { numbers } from "./numbers.ts";
import type { StoredBytes } from "./stored-bytes.ts";
import {
  copyBytes,
  elementRuns,
  firstElement,
  keepElements,
  loadElements,
  reinterpret,
  storedBytes,
  storedTensor,
} from "./stored-tensor.ts";
import type { Tensor } from "./tensor.ts";

/** Stored bytes that count what is read of them. */
function counted(bytes: Uint8Array): StoredBytes & { readonly reads: number[] } {
  const reads: number[] = [];
  return {
    length: bytes.length,
    reads,
    read(target, offset) {
      reads.push(target.length);
      target.set(bytes.subarray(offset, offset + target.length));
    },
  };
}

const floats = Float32Array.from({ length: 6 }, (_, i) => i - 2.5);
const store = () => counted(new Uint8Array(floats.buffer));
const held: Tensor = { dtype: "f32", shape: [2, 3], data: floats };

describe("a stored tensor", () => {
  it("reads its elements each time, until they are kept", () => {
    const bytes = store();
    const t = storedTensor("f32", [2, 3], bytes);
    expect(bytes.reads).toEqual([]);
    expect(t).toEqual(held);
    expect(t.data).not.toBe(t.data);
    const before = bytes.reads.length;
    expect(keepElements(t)).toBe(t);
    expect(t.data).toBe(t.data);
    expect(t).toEqual(held);
    expect(bytes.reads.length).toBe(before + 1);
    expect(storedBytes(t)).toBeUndefined();
  });

  it("is loaded into another tensor", () => {
    const t = storedTensor("f32", [2, 3], store());
    const loaded = loadElements(t);
    expect(loaded).toEqual(held);
    expect(loaded.data).toBe(loaded.data);
    expect(loadElements(loaded)).toBe(loaded);
    expect(storedBytes(t)).toBeDefined();
  });

  it("is seen as another type without being read", () => {
    const bytes = store();
    const words = reinterpret(storedTensor("f32", [2, 3], bytes), "u32", [6]);
    expect(bytes.reads).toEqual([]);
    expect(words).toEqual({ dtype: "u32", shape: [6], data: new Uint32Array(floats.buffer) });
    expect(reinterpret(held, "u32", [6])).toEqual(words);
    const shifted = new Uint8Array([0, ...new Uint8Array(floats.buffer)]).subarray(1);
    expect(reinterpret({ dtype: "u8", shape: [24], data: shifted }, "f32", [2, 3])).toEqual(held);
  });

  it("gives its first element and its bytes, reading no more", () => {
    const bytes = store();
    const t = storedTensor("f32", [2, 3], bytes);
    expect(firstElement(t)).toEqual({ dtype: "f32", shape: [], data: Float32Array.of(-2.5) });
    expect(firstElement(held)).toEqual(firstElement(t));
    const [target, same] = [new Uint8Array(24), new Uint8Array(24)];
    copyBytes(t, target);
    copyBytes(held, same);
    expect(bytes.reads).toEqual([4, 4, 24]);
    expect(target).toEqual(new Uint8Array(floats.buffer));
    expect(same).toEqual(target);
  });
});

describe("runs of elements", () => {
  const numeric = dtypeNames.filter((dtype) => dtype !== "string" && dtypes[dtype].kind !== "complex");
  it.each(numeric)("are the numbers of %s, stored or held", (dtype) => {
    if (dtype === "string") return;
    const bytes = Uint8Array.from({ length: 64 }, (_, i) => (dtype === "bool" ? i % 2 : (37 * i) % 256));
    const data = new dtypes[dtype].array(bytes.buffer);
    const shape = [(64 * 8) / dtypes[dtype].bits];
    const whole = { dtype, shape, data } as Tensor;
    for (const t of [whole, storedTensor(dtype, shape, counted(bytes))]) {
      const read = elementRuns(t);
      for (const [first, count] of [
        [0, 4],
        [3, 5],
        [0, shape[0]!],
        [2, 0],
      ] as const)
        expect(read(first, count)).toEqual(numbers(whole).slice(first, first + count));
    }
  });

  it("are read in windows, also by two readers in turn", () => {
    const count = 150_000;
    const long = Float32Array.from({ length: count }, (_, i) => i);
    const stores = [counted(new Uint8Array(long.buffer)), counted(new Uint8Array(long.map((x) => -x).buffer))] as const;
    const [up, down] = stores.map((bytes) => elementRuns(storedTensor("f32", [count], bytes)));
    for (const at of [0, 100, 65_533, 65_534, 131_000, 140_000]) expect(up?.(at, 3)).toEqual(long.slice(at, at + 3));
    expect(stores[0].reads).toEqual([2 ** 18, 2 ** 18, 4 * count - 4 * 140_000]);
    expect(down?.(7, 2)).toEqual(Float32Array.of(-7, -8));
    expect(up?.(140_000, 2)).toEqual(Float32Array.of(140_000, 140_001));
    expect(down?.(8, 1)).toEqual(Float32Array.of(-8));
    expect(up?.(0, count)).toEqual(long);
  });
});
