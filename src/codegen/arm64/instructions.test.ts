import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { encode } from "./encode.ts";
import type { Instruction } from "./instructions.ts";
import { print } from "./print.ts";
import { rowOf } from "./row.ts";
import { assembleWithGnu } from "./testdata/gnu-as.ts";
import { mnemonics, sweep, sweepSource } from "./testdata/sweep.ts";

/** Each instruction of the sweep beside its bytes, where these are not what the encoder makes. */
function differences(bytes: Uint8Array): string[] {
  const all: readonly Instruction[] = mnemonics.flatMap(sweep);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  expect(bytes.length).toBe(4 * all.length);
  const hex = (word: number): string => word.toString(16).padStart(8, "0");
  return all.flatMap((instruction, i) => {
    const [expected, word] = [view.getUint32(4 * i, true), encode(instruction)];
    return word === expected
      ? []
      : [`${instruction.mnemonic}: ${print(instruction)}: ${hex(word)}, not ${hex(expected)}`];
  });
}

test("the encoder gives the bytes that GNU as gave when the golden file was made", () => {
  const golden = readFileSync(new URL("testdata/golden.bin", import.meta.url));
  expect(differences(new Uint8Array(golden))).toEqual([]);
});

test("the encoder gives the bytes of the GNU as that is installed", ({ skip }) => {
  const bytes = assembleWithGnu(sweepSource());
  skip(bytes === undefined, "needs aarch64-linux-gnu-as: apt-get install binutils-aarch64-linux-gnu");
  if (bytes) expect(differences(bytes)).toEqual([]);
});

test("the sweep has every bit that operands reach in both states", () => {
  const missing = mnemonics.filter((mnemonic) => {
    const words = sweep(mnemonic).map(encode);
    const segments = rowOf(mnemonic).fields.flatMap(({ segments }) => segments);
    const reached = segments.reduce((bits, { at, width }) => bits | ((2 ** width - 1) << at), 0);
    const [set, clear] = [words.reduce((a, b) => a | b, 0), words.reduce((a, b) => a & b, -1)];
    return (set & ~clear & reached) !== reached;
  });
  expect(missing).toEqual([]);
});

test.each([
  [{ mnemonic: "add_w", operands: [32, 0, 0] }, "add_w: 32 does not fit operand 0 (d)"],
  [{ mnemonic: "ldr_q", operands: [0, 1, 8] }, "ldr_q: 8 does not fit operand 2 (i)"],
  [{ mnemonic: "ushr_4s", operands: [0, 1, 0] }, "ushr_4s: 0 does not fit operand 2 (i)"],
  [{ mnemonic: "and_wi", operands: [0, 1, 5] }, "and_wi: 5 does not fit operand 2 (i)"],
  [{ mnemonic: "b", operands: [2] }, "b: 2 does not fit operand 0 (i)"],
  [{ mnemonic: "ret", operands: [30] }, "ret takes 0 operands, got 1"],
] satisfies [Instruction, string][])("operands that do not fit are refused: %o", (instruction, message) => {
  expect(() => encode(instruction)).toThrow(message);
});
