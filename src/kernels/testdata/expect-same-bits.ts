import { Buffer } from "node:buffer";
import { expect } from "vitest";
import type { Tensor } from "../../tensor/tensor.ts";
import type { StepRun } from "./run-step.ts";

/** The bytes of a tensor, since NaN has many. */
export function bytesOf({ data }: Tensor): Buffer {
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** Expects that a step gave exactly what `eval` gives. */
export function expectSameBits({ actual, expected }: StepRun, what = ""): void {
  expect(actual.map(({ dtype, shape }) => [dtype, shape])).toEqual(expected.map(({ dtype, shape }) => [dtype, shape]));
  actual.forEach((tensor, i) => {
    const [a, e] = [bytesOf(tensor), bytesOf(expected[i] as Tensor)];
    if (a.equals(e)) return;
    const at = a.findIndex((byte, j) => byte !== e[j]);
    expect(a.subarray(at, at + 16).toString("hex"), `${what} result ${i} from byte ${at}`).toBe(
      e.subarray(at, at + 16).toString("hex"),
    );
  });
}
