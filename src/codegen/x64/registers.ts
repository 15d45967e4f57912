/** The registers of x86-64 as plain data. How much of one is used is a matter of the instruction, not of the register. */

export type RegKind = "gpr" | "vec" | "mask" | "tile";

/** `id` is the number in the encoding: 0..15 of gpr, 0..31 of vec, 0..7 of mask and tile. */
export interface Reg {
  readonly kind: RegKind;
  readonly id: number;
}

const bank = (kind: RegKind, count: number): readonly Reg[] => Array.from({ length: count }, (_, id) => ({ kind, id }));

const banks: Readonly<Record<RegKind, readonly Reg[]>> = {
  gpr: bank("gpr", 16),
  vec: bank("vec", 32),
  mask: bank("mask", 8),
  tile: bank("tile", 8),
};

function register(kind: RegKind, id: number): Reg {
  const found = banks[kind][id];
  if (found === undefined) throw new RangeError(`Bug: there is no register ${id} of kind ${kind}.`);
  return found;
}

/** The general-purpose register with this number: rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 to r15. */
export const gpr = (id: number): Reg => register("gpr", id);

/** xmm, ymm or zmm of this number; 16 and above need EVEX. */
export const vec = (id: number): Reg => register("vec", id);

/** k0 to k7; k0 cannot mask. */
export const mask = (id: number): Reg => register("mask", id);

/** tmm0 to tmm7. */
export const tile = (id: number): Reg => register("tile", id);

export const rax = gpr(0);
export const rcx = gpr(1);
export const rdx = gpr(2);
export const rbx = gpr(3);
export const rsp = gpr(4);
export const rbp = gpr(5);
export const rsi = gpr(6);
export const rdi = gpr(7);

const classic = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"];

/** The name of a general-purpose register of 8, 16, 32 or 64 bits. */
export function gprName(id: number, bits: number): string {
  const old = classic[id];
  if (old === undefined) return `r${id}${{ 8: "b", 16: "w", 32: "d" }[bits] ?? ""}`;
  if (bits === 8) return old.endsWith("x") ? `${old[0]}l` : `${old}l`;
  return `${{ 32: "e", 64: "r" }[bits] ?? ""}${old}`;
}

/** The name of a vector register of 128, 256 or 512 bits. */
export function vecName(id: number, bits: number): string {
  return `${{ 256: "y", 512: "z" }[bits] ?? "x"}mm${id}`;
}
