/** Instructions that cover each form: registers, addresses, displacements, masks, broadcasts and immediates, one of them at a time. */
import type { Form, Shape } from "../form.ts";
import { bytesOf } from "../form.ts";
import type { Mnemonic } from "../instructions.ts";
import { formsOf, instructions } from "../instructions.ts";
import type { Instruction, Options } from "../match.ts";
import { matchForm } from "../match.ts";
import type { Mem, Operand } from "../operand.ts";
import type { Reg } from "../registers.ts";
import { gpr, mask, rax, tile, vec } from "../registers.ts";

/** All that is tried of one form; `name` is its mnemonic and its place among the forms. */
export interface Group {
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

const registers = {
  gpr: { make: gpr, usual: [2, 9, 6, 11], all: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15] },
  vec: { make: vec, usual: [1, 2, 3, 4], all: [0, 1, 2, 3, 7, 8, 9, 14, 15, 16, 17, 23, 24, 30, 31] },
  mask: { make: mask, usual: [1, 2, 3, 4], all: [0, 1, 2, 3, 4, 5, 6, 7] },
  tile: { make: tile, usual: [1, 2, 3, 4], all: [0, 1, 2, 3, 4, 5, 6, 7] },
};

const numbers: Readonly<Record<string, readonly number[]>> = {
  b: [0, 1, 5, 127, 128, 255],
  bs: [0, 1, 127, -1, -128],
  w: [0, 1, -1, 1000, 65535],
  d: [0, 1, -1, 128, 100000, 2 ** 31, 2 ** 32 - 1],
  z: [128, -129, 100000, 2 ** 31 - 1, -(2 ** 31)],
  q: [2 ** 31, 2 ** 40 + 5, -(2 ** 33), 2 ** 53 - 1],
};

const registersOf = (shape: Shape, form: Form, at: number) => {
  const bank = registers[shape.register ?? "gpr"];
  const limit = shape.register === "vec" && form.space !== "evex" ? 16 : 32;
  return { usual: bank.make(bank.usual[at] ?? 0), all: bank.all.filter((id) => id < limit).map(bank.make) };
};

const withIndex = (shape: Shape): Partial<Mem> =>
  shape.memory === "vsib" ? { index: vec(5), scale: 4 } : shape.memory === "sib" ? { index: gpr(7), scale: 1 } : {};

function usualOperand(shape: Shape, form: Form, at: number): Operand {
  if (shape.slot === "implied") return shape.register === "gpr" ? rax : 1;
  if (shape.slot === "immediate") return numbers[shape.size]?.[0] ?? 0;
  if (shape.register !== undefined) return registersOf(shape, form, at).usual;
  return { base: gpr(3), disp: 32, ...withIndex(shape) };
}

const clash = (one: Reg, operands: readonly Operand[], at: number) =>
  operands.some((other, place) => place !== at && typeof other === "object" && "kind" in other && other === one);

/** A part of a long list, another one for each `turn`, so that eight forms together see all of it. */
const eighth = <T>(list: readonly T[], turn: number) => list.filter((_, at) => (at + turn) % 8 === 0);

/** Displacements around the limits of one byte, scaled or not; with a turn, also a part of all bases and indices. */
function addresses(shape: Shape, unit: number, turn?: number): Mem[] {
  const fixed = withIndex(shape);
  const steps = [...new Set([1, unit])].flatMap((step) => [1, -1, 127, 128, -128, -129].map((count) => count * step));
  const disps = [0, ...steps, 2 ** 31 - 1, -(2 ** 31)].map((disp): Mem => ({ base: gpr(1), disp, ...fixed }));
  if (turn === undefined) return disps;
  const ids = registers.gpr.all;
  const bases = ids.flatMap((id) => [0, unit, 1000].map((disp): Mem => ({ base: gpr(id), disp, ...fixed })));
  if (shape.memory === "vsib") {
    const indices = [0, 7, 8, 15].map((id): Mem => ({ base: gpr(9), index: vec(id), scale: 2, disp: 8 }));
    return [...disps, ...eighth(bases, turn), ...indices];
  }
  const scales = ([1, 2, 4, 8] as const).map((scale): Mem => ({ base: gpr(8), index: gpr(0), scale, disp: 0 }));
  const pairs = [0, 4, 5, 8, 12, 13].flatMap((base) =>
    ids.filter((id) => id !== 4).map((id): Mem => ({ base: gpr(base), index: gpr(id), scale: 4, disp: 0 })),
  );
  return [...disps, ...eighth(bases, turn), ...eighth([...scales, ...pairs], turn)];
}

/** The operands that a form is tried with, at one width. */
function operandLists(form: Form, width: number, turn?: number): Operand[][] {
  const usual = form.shapes.map((shape, at) => usualOperand(shape, form, at));
  const lists: Operand[][] = [usual];
  const vary = (at: number, operand: Operand) =>
    lists.push(usual.map((other, place) => (place === at ? operand : other)));
  form.shapes.forEach((shape, at) => {
    if (shape.slot === "implied") return;
    if (shape.slot === "immediate") for (const value of numbers[shape.size] ?? []) vary(at, value);
    else if (shape.register !== undefined) {
      for (const one of registersOf(shape, form, at).all) if (!clash(one, usual, at)) vary(at, one);
    }
    if (shape.memory === false) return;
    const unit = bytesOf(shape, width) || 1;
    for (const address of addresses(shape, unit, turn)) vary(at, address);
    if (form.broadcast === 0) return;
    const spread = addresses(shape, form.broadcast).slice(0, turn === undefined ? 3 : undefined);
    for (const address of spread) vary(at, { ...address, broadcast: true });
  });
  return lists;
}

/** With masks: each mask, and zeroing, on registers and on memory. */
function maskings(form: Form, lists: readonly (readonly Operand[])[]): [Options, readonly Operand[]][] {
  if (!form.masked) return [];
  const toMemory = (operands: readonly Operand[]) => typeof operands[0] === "object" && "base" in operands[0];
  const chosen = lists.filter((_, at) => at % 11 === 0);
  return chosen.flatMap((operands, at) => {
    const options = { mask: mask(1 + (at % 7)) };
    const zeroed: [Options, readonly Operand[]][] =
      form.zeroed && !toMemory(operands) ? [[{ ...options, zeroing: true }, operands]] : [];
    return [[options, operands], ...zeroed];
  });
}

function instructionsOf(mnemonic: Mnemonic, form: Form, turn: number): Instruction[] {
  const gathers = form.shapes.some(({ memory }) => memory === "vsib");
  const widths = form.widths ?? [undefined];
  return widths.flatMap((width, at) => {
    const lists = operandLists(form, width ?? 0, at === 0 ? turn : undefined);
    const unmasked: [Options, readonly Operand[]][] =
      gathers && form.masked ? [] : lists.map((operands) => [{}, operands]);
    return [...unmasked, ...maskings(form, lists)].map(([options, operands]) => {
      const wanted: Options = width === undefined ? options : { ...options, width };
      const found = matchForm(mnemonic, wanted, operands);
      if (found.form.space === form.space || form.space === "legacy") return found;
      return matchForm(mnemonic, { ...wanted, encoding: form.space }, operands);
    });
  });
}

const jumps = (form: Form) => form.shapes.some(({ slot }) => slot === "label");

/** Every form of every instruction, but for jumps to labels, which only mean something in a program. */
export function sweep(): Group[] {
  const mnemonics = Object.keys(instructions) as Mnemonic[];
  return mnemonics.flatMap((mnemonic, turn) =>
    formsOf(mnemonic).flatMap((form, at) =>
      jumps(form) ? [] : [{ name: `${mnemonic}/${at}`, instructions: instructionsOf(mnemonic, form, turn) }],
    ),
  );
}
