import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Assembler } from "./assembler.ts";
import { encode } from "./encode.ts";
import { formsOf } from "./instructions.ts";
import { matchForm } from "./match.ts";
import { broadcast, mem } from "./operand.ts";
import { gpr, mask, rax, rsp, vec } from "./registers.ts";
import { assembleLines, assembleProgram, hasGnuAs } from "./testdata/gnu-as.ts";
import { golden, parseGolden } from "./testdata/golden.ts";
import { programs } from "./testdata/programs.ts";

const differing = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>) =>
  [...new Set([...one.keys(), ...other.keys()])]
    .filter((name) => one.get(name) !== other.get(name))
    .map((name) => `${one.get(name)}${other.get(name)}`);

describe("the encoder against GNU as", () => {
  const ours = golden({
    lines: (groups) =>
      groups.flatMap(({ instructions }) => instructions.map((one) => Uint8Array.from(encode(one).bytes))),
    program: (name) => programs()[name]?.finish() ?? new Uint8Array(),
  });

  test("agrees with the recorded bytes of every form", () => {
    const recorded = parseGolden(readFileSync(new URL("testdata/golden.txt", import.meta.url), "utf8"));
    expect(recorded.size).toBeGreaterThan(400);
    expect(differing(ours, recorded)).toEqual([]);
  });

  test.skipIf(!hasGnuAs())("agrees with the assembler that is here", () => {
    const theirs = golden({ lines: (_, texts) => assembleLines(texts), program: (_, text) => assembleProgram(text) });
    expect(differing(ours, theirs)).toEqual([]);
  });
});

const bytesOf = (...[mnemonic, options, ...operands]: Parameters<Assembler["emit"]>) =>
  Buffer.from(encode(matchForm(mnemonic, options, operands)).bytes).toString("hex");

describe("the choice of an encoding", () => {
  const memory = mem(rax, 64);
  test.each([
    ["VEX of two bytes", "c5f458d3", () => bytesOf("vaddps", { width: 256 }, vec(2), vec(1), vec(3))],
    ["VEX of three bytes", "c4c17458d3", () => bytesOf("vaddps", { width: 256 }, vec(2), vec(1), vec(11))],
    ["EVEX for 512 bits", "62f1744858d3", () => bytesOf("vaddps", { width: 512 }, vec(2), vec(1), vec(3))],
    ["EVEX for a high register", "62e1742858d3", () => bytesOf("vaddps", { width: 256 }, vec(18), vec(1), vec(3))],
    ["EVEX for a mask", "62f1742958d3", () => bytesOf("vaddps", { width: 256, mask: mask(1) }, vec(2), vec(1), vec(3))],
    [
      "EVEX for a broadcast",
      "62f17438585010",
      () => bytesOf("vaddps", { width: 256 }, vec(2), vec(1), broadcast(memory)),
    ],
    [
      "disp8 in units of the operand",
      "62f17448585001",
      () => bytesOf("vaddps", { width: 512 }, vec(2), vec(1), memory),
    ],
  ])("%s", (_, expected, encoded) => {
    expect(encoded()).toBe(expected);
  });
});

describe("what no form takes", () => {
  test.each<[string, RegExp, () => unknown]>([
    [
      "another kind of register",
      /no form of vaddps takes/,
      () => bytesOf("vaddps", { width: 256 }, vec(1), vec(2), rax),
    ],
    ["a missing width", /no form of vaddps takes/, () => bytesOf("vaddps", {}, vec(1), vec(2), vec(3))],
    [
      "a mask where VEX is forced",
      /no form/,
      () => bytesOf("vaddps", { width: 256, mask: mask(1), encoding: "vex" }, vec(1), vec(2), vec(3)),
    ],
    ["k0 as a mask", /no form/, () => bytesOf("vaddps", { width: 256, mask: mask(0) }, vec(1), vec(2), vec(3))],
    [
      "zeroing in memory",
      /no form/,
      () => bytesOf("vmovups", { width: 512, mask: mask(1), zeroing: true }, mem(rax), vec(3)),
    ],
    ["a high register in VEX", /no form/, () => bytesOf("vblendvps", { width: 256 }, vec(1), vec(2), vec(3), vec(16))],
    ["an immediate that is too large", /no form/, () => bytesOf("vpermilps", { width: 256 }, vec(1), vec(2), 256)],
    ["a 64-bit immediate of add", /no form/, () => bytesOf("add", { width: 64 }, rax, 2 ** 31)],
    ["rsp as an index", /rsp is no index/, () => bytesOf("mov", {}, rax, { base: rax, index: rsp, disp: 0 })],
    ["a displacement of more than 32 bits", /32 bits/, () => bytesOf("mov", {}, rax, mem(rax, 2 ** 31))],
    ["a register that is not there", /no register 16/, () => gpr(16)],
  ])("%s", (_, message, encoded) => {
    expect(encoded).toThrow(message);
  });

  test("labels that are bound twice or never", () => {
    const never = new Assembler();
    never.jmp(never.label());
    expect(() => never.finish()).toThrow(/never bound/);
    const twice = new Assembler();
    const label = twice.label();
    twice.bind(label);
    twice.bind(label);
    expect(() => twice.finish()).toThrow(/bound twice/);
  });
});

test("equal constants share their place, each aligned to its size", () => {
  const code = new Assembler();
  const constant = (length: number) => code.constant(new Uint8Array(length).fill(length)).pool;
  expect([constant(4), constant(32), constant(4), constant(16), constant(64)]).toEqual([0, 32, 0, 64, 128]);
});

test("rows that make no sense are refused", async () => {
  const { parseForms } = await import("./form.ts");
  expect(() => parseForms("VEX.66.0F38.W0 /r : Vx, Hx")).toThrow(/no opcode/);
  expect(() => parseForms("0F 58 /r : Qx")).toThrow(/unknown operand "Qx"/);
  expect(formsOf("vaddps")).toBe(formsOf("vaddps"));
});
