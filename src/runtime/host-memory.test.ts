import { describe, expect, it } from "vitest";
import { LimitError } from "../tensor/errors.ts";
import type { Growable } from "./host-memory.ts";
import { HostMemory } from "./host-memory.ts";

/** Memory of a machine that gives `most` bytes, and the sizes it was asked for. */
function memoryOf(most: number): Growable & { readonly asked: number[] } {
  let buffer = new ArrayBuffer(0);
  const asked: number[] = [];
  return {
    asked,
    get buffer() {
      return buffer;
    },
    grow(bytes) {
      asked.push(bytes);
      if (bytes > most) throw new RangeError("no more memory");
      buffer = new ArrayBuffer(bytes);
    },
  };
}

describe("memory of a host", () => {
  it("hands out regions that do not overlap, and those that were given back again", () => {
    const memory = new HostMemory(memoryOf(2 ** 20), 100);
    const [a, b, c] = [memory.allocate(1000), memory.allocate(1), memory.allocate(64)];
    expect([a, b, c]).toEqual([128, 128 + 1024, 128 + 1024 + 64]);
    memory.release(a);
    expect([memory.allocate(500), memory.allocate(512), memory.allocate(8)]).toEqual([128, 128 + 512, c + 64]);
  });

  it("grows by a quarter at least, so that many small regions are few buffers", () => {
    const growable = memoryOf(2 ** 30);
    const memory = new HostMemory(growable);
    for (let i = 0; i < 10_000; i++) memory.allocate(64);
    expect(memory.bytes).toBe(640_000);
    expect(growable.buffer.byteLength).toBeGreaterThanOrEqual(memory.bytes);
    expect(growable.asked.length).toBeLessThan(60);
  });

  it("grows to what is needed where the machine does not give more", () => {
    const growable = memoryOf(4096 + 64);
    const memory = new HostMemory(growable);
    memory.allocate(4096);
    memory.allocate(64);
    expect(growable.asked).toEqual([4096, 5120, 4160]);
    expect(() => memory.allocate(64)).toThrow(LimitError);
    expect(() => memory.allocate(2 ** 32)).toThrow(/needs 4294971456 bytes/);
  });
});
