import { describe, expect, it } from "vitest";
import type { Random } from "../passes/testdata/random-datum.ts";
import { seededRandom } from "../passes/testdata/random-datum.ts";
import type { Buffer, Placement } from "./place-buffers.ts";
import { alignment, placeBuffers } from "./place-buffers.ts";

/** Buffers that live at one time must not share a byte; each starts aligned and ends inside the arena. */
function expectApart(buffers: readonly Buffer[], { offsets, totalBytes }: Placement, what: string): void {
  buffers.forEach((a, i) => {
    const start = offsets[i] as number;
    expect(start % alignment, what).toBe(0);
    expect(start + a.bytes, what).toBeLessThanOrEqual(totalBytes);
    for (let j = 0; j < i; j++) {
      const [b, other] = [buffers[j] as Buffer, offsets[j] as number];
      const atOnce = a.from <= b.to && b.from <= a.to && a.bytes > 0 && b.bytes > 0;
      if (atOnce && start < other + b.bytes && other < start + a.bytes)
        expect.fail(`${what}: buffers ${i} and ${j} overlap`);
    }
  });
}

const aligned = (bytes: number) => Math.ceil(bytes / alignment) * alignment;

/** The bytes that are in use at the busiest step: no placement can do with less. */
function mostLive(buffers: readonly Buffer[]): number {
  const last = Math.max(0, ...buffers.map(({ to }) => to));
  const live = Array.from({ length: last + 1 }, (_unused, at) =>
    buffers.reduce((sum, { bytes, from, to }) => (from <= at && at <= to ? sum + aligned(bytes) : sum), 0),
  );
  return Math.max(...live);
}

const randomBuffers = (random: Random, count: number): Buffer[] =>
  Array.from({ length: count }, () => {
    const from = Math.floor(random() * 200);
    return { bytes: Math.floor(random() ** 3 * 5000), from, to: from + Math.floor(random() ** 4 * 150) };
  });

describe("placeBuffers", () => {
  it("puts buffers that never meet at one place", () => {
    const buffers = [0, 1, 2].map((at) => ({ bytes: 100, from: 2 * at, to: 2 * at + 1 }));
    expect(placeBuffers(buffers)).toEqual({ offsets: [0, 0, 0], totalBytes: 128 });
  });

  it("keeps the operand and the result of one step apart", () => {
    const buffers = [
      { bytes: 64, from: 0, to: 1 },
      { bytes: 64, from: 1, to: 2 },
    ];
    expect(placeBuffers(buffers).totalBytes).toBe(128);
  });

  it("fills a gap that a buffer leaves", () => {
    const buffers = [
      { bytes: 640, from: 0, to: 1 },
      { bytes: 320, from: 0, to: 3 },
      { bytes: 256, from: 2, to: 3 },
    ];
    expect(placeBuffers(buffers)).toEqual({ offsets: [0, 640, 0], totalBytes: 960 });
  });

  it("gives buffers of no bytes a place and takes none for no buffers", () => {
    expect(placeBuffers([{ bytes: 0, from: 0, to: 5 }])).toEqual({ offsets: [0], totalBytes: 0 });
    expect(placeBuffers([])).toEqual({ offsets: [], totalBytes: 0 });
  });

  it("never lets two buffers overlap in time and space", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed);
      const buffers = randomBuffers(random, 10 + Math.floor(random() * 150));
      expectApart(buffers, placeBuffers(buffers), `seed ${seed}`);
    }
  });

  it("needs at most 1.3 times the bytes in use at once on chains with residual connections", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed);
      const buffers = Array.from({ length: 120 }, (_unused, from) => {
        const reach = random() < 0.2 ? 2 + Math.floor(random() * 6) : 1;
        return { bytes: 64 * (1 + Math.floor(random() * 100)), from, to: from + reach };
      });
      const placed = placeBuffers(buffers);
      expectApart(buffers, placed, `seed ${seed}`);
      expect(placed.totalBytes / mostLive(buffers), `seed ${seed}`).toBeLessThanOrEqual(1.3);
    }
  });

  it("places lives that span many steps", () => {
    const buffers = Array.from({ length: 3000 }, (_unused, i) => ({
      bytes: 64,
      from: i,
      to: i % 100 === 0 ? 3000 : i + 1,
    }));
    const placed = placeBuffers(buffers);
    expectApart(
      buffers.filter((_buffer, i) => i % 10 === 0),
      { ...placed, offsets: placed.offsets.filter((_offset, i) => i % 10 === 0) },
      "long lives",
    );
    expect(placed.totalBytes).toBe(mostLive(buffers));
  });
});
