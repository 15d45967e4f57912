/** Functions that show what a single instruction cannot: jumps of each length, both ways, alignment, and constants. */
import { Assembler } from "../assembler.ts";
import type { Condition } from "../instructions-general.ts";
import { broadcast } from "../operand.ts";
import { gpr, mask, rax, rcx, vec } from "../registers.ts";

const conditions: readonly Condition[] = [
  ...(["o", "no", "b", "ae", "e", "ne", "be", "a"] as const),
  ...(["s", "ns", "p", "np", "l", "ge", "le", "g"] as const),
];

function fill(code: Assembler, bytes: number): void {
  for (let at = 0; at < bytes; at++) code.emit("nop", {});
}

/** Forward and backward over a distance, by every condition, jmp and call. */
function jumps(distance: number): Assembler {
  const code = new Assembler();
  for (const condition of conditions) {
    const [before, after] = [code.label(), code.label()];
    code.bind(before);
    code.jcc(condition, after);
    fill(code, distance);
    code.jcc(condition, before);
    code.bind(after);
  }
  const [before, after] = [code.label(), code.label()];
  code.bind(before);
  code.jmp(after);
  code.emit("call", {}, after);
  fill(code, distance);
  code.jmp(before);
  code.emit("call", {}, before);
  code.bind(after);
  code.emit("ret", {});
  return code;
}

/** Jumps whose lengths depend on each other: when the innermost gets longer, so do those around it. */
function nested(): Assembler {
  const code = new Assembler();
  const labels = Array.from({ length: 20 }, () => code.label());
  for (const label of labels) code.jcc("ne", label);
  fill(code, 90);
  for (const label of labels) {
    code.bind(label);
    fill(code, 1);
  }
  code.emit("ret", {});
  return code;
}

/** Every length of padding, before loops. */
function aligned(): Assembler {
  const code = new Assembler();
  for (let before = 0; before < 32; before++) {
    code.align(32);
    fill(code, before);
    code.align(([2, 4, 8, 16] as const)[before % 4] ?? 64);
    const top = code.label();
    code.bind(top);
    code.emit("dec", {}, rcx);
    code.jcc("ne", top);
  }
  return code;
}

/** Constants of every size, some of them equal, read by each encoding, with immediates behind the displacement. */
function constants(): Assembler {
  const code = new Assembler();
  const bytes = (length: number, first: number) => Uint8Array.from({ length }, (_, at) => first + at);
  const [one, four, again] = [code.constant(bytes(1, 9)), code.constant(bytes(4, 1)), code.constant(bytes(4, 1))];
  const [sixteen, thirtyTwo, all] = [
    code.constant(bytes(16, 5)),
    code.constant(bytes(32, 7)),
    code.constant(bytes(64, 3)),
  ];
  code.emit("mov", {}, rax, four);
  code.emit("cmp", { width: 8 }, one, 5);
  code.emit("add", { width: 64 }, all, 100000);
  code.emit("vbroadcastss", { width: 256 }, vec(3), again);
  code.emit("vmovups", { width: 128 }, vec(9), sixteen);
  code.emit("vshufps", { width: 256 }, vec(1), vec(12), thirtyTwo, 0x1b);
  code.emit("vfmadd231ps", { width: 512, mask: mask(2) }, vec(17), vec(3), all);
  code.emit("vfmadd213ps", { width: 512 }, vec(17), vec(30), broadcast(four));
  code.emit("vpcmpud", { width: 256 }, mask(4), vec(17), broadcast(four), 2);
  code.emit("lea", { width: 64 }, gpr(10), one);
  code.emit("ret", {});
  return code;
}

/** By name. */
export const programs = (): Readonly<Record<string, Assembler>> => ({
  "jumps-short": jumps(1),
  "jumps-at-limit": jumps(124),
  "jumps-beyond-limit": jumps(127),
  "jumps-long": jumps(1000),
  nested: nested(),
  aligned: aligned(),
  constants: constants(),
});
