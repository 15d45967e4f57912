import { maskImmediate } from "./immediates.ts";

/** How an operand is written in an instruction and in text. */
export interface OperandKind {
  /** The bits of a field of this width, or undefined when the operand does not fit. */
  readonly encode: (value: number, width: number) => number | undefined;
  readonly print: (value: number) => string;
  /** Values that together reach every bit of a field of this width. */
  readonly samples: (width: number) => readonly number[];
}

const conditions = "eq ne hs lo mi pl vs vc hi ls ge lt gt le al nv".split(" ");

/** Condition codes by name. */
export const condition = {
  ...{ eq: 0, ne: 1, hs: 2, lo: 3, mi: 4, pl: 5, vs: 6, vc: 7, hi: 8, ls: 9, ge: 10, lt: 11, gt: 12, le: 13, al: 14 },
} as const;

const inRange = (value: number, lo: number, hi: number): boolean =>
  Number.isInteger(value) && value >= lo && value < hi;

const unsigned = (scale: number): OperandKind["encode"] => {
  return (value, width) => (inRange(value / scale, 0, 2 ** width) ? value / scale : undefined);
};

/** 0, all ones, each power of two, and a mixture. */
const patterns = (width: number): number[] => {
  const powers = Array.from({ length: width }, (_, bit) => 2 ** bit);
  return [...new Set([0, 2 ** width - 1, ...powers, 0x2d5a5a5 % 2 ** width])];
};

const plain = (print: (value: number) => string, scale = 1): OperandKind => ({
  encode: unsigned(scale),
  print,
  samples: (width) => patterns(width).map((pattern) => pattern * scale),
});

const signed = (scale: number, print: (value: number) => string): OperandKind => ({
  encode(value, width) {
    const field = value / scale;
    return inRange(field, -(2 ** (width - 1)), 2 ** (width - 1)) ? field & (2 ** width - 1) : undefined;
  },
  print,
  samples: (width) =>
    patterns(width).map((pattern) => (pattern >= 2 ** (width - 1) ? pattern - 2 ** width : pattern) * scale),
});

/** Registers 0 to 30, and what 31 stands for. */
const register = (prefix: string, last: string): OperandKind =>
  plain((value) => (value === 31 ? last : prefix + value));

/** The register some places after another, 0 after 31. */
const after = (distance: number): OperandKind => plain((value) => String((value + distance) % 32));

const named = (names: readonly string[], count = names.length): OperandKind => ({
  encode: (value, width) => (inRange(value, 0, Math.min(names.length, 2 ** width)) ? value : undefined),
  print: (value) => names[value] ?? "?",
  samples: () => Array.from({ length: count }, (_, i) => i),
});

/** A right shift by 1 to `bits`. */
const rightShift = (bits: number): OperandKind => ({
  encode: (value) => (inRange(value, 1, bits + 1) ? bits - value : undefined),
  print: String,
  samples: (width) => patterns(width).map((pattern) => bits - pattern),
});

const float8Values = Array.from({ length: 256 }, (_, bits) => {
  const exponent = ((bits >> 4) & 7) ^ 4;
  return (bits & 128 ? -1 : 1) * (1 + (bits & 15) / 16) * 2 ** (exponent - 3);
});

const float8: OperandKind = {
  encode(value) {
    const bits = float8Values.indexOf(value);
    return bits < 0 ? undefined : bits;
  },
  print: (value) => value.toFixed(7),
  samples: () => [1, -1, 0.125, 31, -2.5, 1.9375],
};

const mask32: OperandKind = {
  encode: (value) => maskImmediate(value),
  print: (value) => `0x${(value >>> 0).toString(16)}`,
  samples: () => [1, -2, 0xff, 0x7fffffff, -0x80000000, 0x00ff00ff, 0x55555555, 0x0000fff0].map((value) => value | 0),
};

const distance = (scale: number): OperandKind => signed(scale, (value) => (value < 0 ? `.-${-value}` : `.+${value}`));

const prefetches = ["pldl1keep", "pldl1strm", "pldl2keep", "pldl2strm"];

const fixed: Readonly<Record<string, OperandKind>> = {
  "": plain(String),
  x: register("x", "xzr"),
  w: register("w", "wzr"),
  xs: register("x", "sp"),
  xr: named(Array.from({ length: 31 }, (_, i) => `x${i}`)),
  ws: register("w", "wsp"),
  "+1": after(1),
  "+2": after(2),
  "+3": after(3),
  T: named(["16b", "8h", "4s", "2d"], 3),
  B: named(["b", "h", "s"]),
  D: named(["8b", "4h", "2s"]),
  W: named(["8h", "4s", "2d"]),
  E: named(["b", "h", "s", "d"]),
  cond: named(conditions, 14),
  uncond: {
    encode: (value) => (inRange(value, 0, 14) ? value ^ 1 : undefined),
    print: (value) => conditions[value] ?? "?",
    samples: () => [0, 3, 9, 12],
  },
  prefetch: named(prefetches),
  float8,
  mask32,
  at1: distance(1),
  at4: distance(4),
  r8: rightShift(8),
  r16: rightShift(16),
  r32: rightShift(32),
  n1: {
    encode: (value, width) => unsigned(1)(value - 1, width),
    print: String,
    samples: (width) => patterns(width).map((pattern) => pattern + 1),
  },
};

const known = new Map<string, OperandKind>(Object.entries(fixed));

/**
 * A kind by its name in a row: a register number; w, x, ws, xs: a register whose number 31 is zero or the stack pointer, xr: one
 * that is neither; u and s with a factor: an immediate, unsigned or signed, in units of the factor; T, B, D, W, E: the size of lanes; at1, at4:
 * a distance in bytes; r8, r16, r32: a right shift; n1: a number from 1; cond, uncond, prefetch, float8, mask32; +1: a
 * register after another.
 */
export function operandKind(name: string): OperandKind {
  const found = known.get(name);
  if (found) return found;
  const [, sign, factor] = /^([us])(\d*)$/.exec(name) ?? [];
  if (sign === undefined) throw new RangeError(`Bug: no operand is of kind "${name}".`);
  const scale = Number(factor || 1);
  const made = sign === "u" ? plain(String, scale) : signed(scale, String);
  known.set(name, made);
  return made;
}
