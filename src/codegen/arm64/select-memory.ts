/** Reads and writes of scalars and of 128 bits. Where only the first lanes of four exist: one element, or two and perhaps a third. */
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import { computeElement, elementOf, widthOf } from "../../ir/type.ts";
import { reach } from "./addressing.ts";
import type { Argument, Line } from "./code-builder.ts";
import { read, target, write } from "./code-builder.ts";
import type { Mnemonic } from "./instructions.ts";
import { fixed } from "./registers.ts";
import type { Place, Rule, Selector } from "./selector.ts";

export const storageOf = (node: Node): Storage => node.immediate["storage"] as Storage;

/** Whether memory and register hold the same bits. */
export const isRaw = (node: Node, storage: Storage): boolean =>
  widthOf(storage) === 4 || elementOf(node.type) !== computeElement(storage);

const isUnsigned = (storage: Storage): boolean => storage.startsWith("u");

/** Loads of one integer into a general-purpose register. */
function integerLoad(storage: Storage): Mnemonic {
  const width = widthOf(storage);
  if (width === 4) return "ldr_w";
  if (width === 2) return isUnsigned(storage) ? "ldrh" : "ldrsh_w";
  return isUnsigned(storage) ? "ldrb" : "ldrsb_w";
}

const integerStores: Readonly<Record<number, Mnemonic>> = { 1: "strb", 2: "strh", 4: "str_w" };

/** Loads and stores of 1 to 16 bytes of a vector register. */
const loads: Readonly<Record<number, Mnemonic>> = { 1: "ldr_b", 2: "ldr_h", 4: "ldr_s", 8: "ldr_d", 16: "ldr_q" };
const stores: Readonly<Record<number, Mnemonic>> = { 1: "str_b", 2: "str_h", 4: "str_s", 8: "str_d", 16: "str_q" };
const laneLoads: Readonly<Record<number, Mnemonic>> = { 1: "ld1_b", 2: "ld1_h", 4: "ld1_s" };
const laneStores: Readonly<Record<number, Mnemonic>> = { 1: "st1_b", 2: "st1_h", 4: "st1_s" };

/** Forms whose offset is any number of bytes below 256. */
const unscaled: Partial<Record<Mnemonic, Mnemonic>> = { ldr_q: "ldur_q", str_q: "stur_q" };

/** An instruction that reaches `scale` bytes or multiples of them from a base, after what makes its address. */
function access(mnemonic: Mnemonic, register: Argument, place: Place, scale: number): Line[] {
  const other = unscaled[mnemonic];
  if (other && place.perLane === 0 && place.offset % scale !== 0 && place.offset < 256)
    return [[other, register, place.base, place.offset]];
  const { before, base, offset } = reach(place, scale);
  return [...before, [mnemonic, register, base, offset]];
}

const beyond = (place: Place, bytes: number): Place => ({ ...place, offset: place.offset + bytes });

/** The lanes that short integers or f16 in the low lanes stand for. */
function extend(s: Selector, node: Node, storage: Storage): void {
  if (storage === "f16") {
    s.code.op("fcvtl_4s", s.write(node), read(s.result(node)));
    return;
  }
  const [width, kind] = [widthOf(storage), isUnsigned(storage) ? "uxtl" : "sxtl"] as const;
  if (width === 1) s.code.op(`${kind}_8h`, s.write(node), read(s.result(node)));
  if (width < 4) s.code.op(`${kind}_4s`, s.write(node), read(s.result(node)));
}

/** The register with four lanes as f16 or the low bits of i32, side by side. */
function narrowed(s: Selector, value: Node, storage: Storage): number {
  const width = widthOf(storage);
  if (width === 4) return s.vreg(value);
  const short = s.code.vreg("vec");
  if (storage === "f16") {
    s.code.op("fcvtn_4h", write(short), s.read(value));
    return short;
  }
  s.code.op("xtn", write(short), 1, s.read(value));
  if (width === 1) s.code.op("xtn", write(short), 0, read(short));
  return short;
}

const readMemory: Rule = (s, node) => {
  const [storage, place] = [storageOf(node), s.place(node)];
  const width = widthOf(storage);
  if (node.type === "i32") s.code.sequence(...access(integerLoad(storage), s.write(node), place, width));
  else if (node.type === "f32") {
    s.code.sequence(...access(loads[width] as Mnemonic, s.write(node), place, width));
    extend(s, node, storage);
  } else if (isRaw(node, storage)) s.code.sequence(...access("ldr_q", s.write(node), place, 16));
  else {
    s.code.sequence(...access(loads[4 * width] as Mnemonic, s.write(node), place, 4 * width));
    extend(s, node, storage);
  }
};

/** A factor, or the first of several that are side by side: all of them. */
function readFactor(s: Selector, node: Node, place: Place): void {
  const group = s.groupOf(node);
  if (group === undefined) s.code.sequence(...access("ldr_s", s.write(node), place, 4));
  else if (group.isNew) {
    const start = beyond(place, group.offset - (node.immediate["offset"] as number));
    s.code.sequence(...access(loads[group.bytes] as Mnemonic, s.write(node), start, group.bytes));
  }
}

const readSplat: Rule = (s, node) => {
  const [storage, place] = [storageOf(node), s.place(node)];
  const width = widthOf(storage);
  if (storage === "f16") {
    s.code.sequence(...access("ldr_h", s.write(node), place, 2));
    extend(s, node, storage);
    s.code.op("dup_s", s.write(node), read(s.result(node)), 0);
  } else if (s.isFactor(node)) readFactor(s, node, place);
  else if (width === 4) {
    const { before, base } = reach(place, 0);
    s.code.sequence(...before, ["ld1r", s.write(node), 2, base]);
  } else {
    const { before, base, offset } = reach(place, width);
    s.code.sequence(
      ...before,
      [integerLoad(storage), fixed.other, base, offset],
      ["dup_vw", s.write(node), fixed.other],
    );
  }
};

/** Moves the first 1 to 3 elements: `move` moves 1 or 2 from the start, `third` the one after them. */
function firstLanes(
  s: Selector,
  carried: readonly number[],
  {
    count,
    one,
    two,
    third,
  }: Readonly<Record<"one" | "two" | "third", readonly Line[]>> & { readonly count: Node | undefined },
): void {
  s.code.sequence(...one);
  s.code.when(carried, ["tbz_w", s.read(count), 1, target]);
  s.code.sequence(...two);
  s.code.when(carried, ["tbz_w", s.read(count), 0, target]);
  s.code.sequence(...third);
  s.code.end();
  s.code.end();
}

const readFirst: Rule = (s, node) => {
  const [storage, place] = [storageOf(node), s.place(node)];
  const width = widthOf(storage);
  const { before, base } = reach(beyond(place, 2 * width), 0);
  firstLanes(s, [s.result(node)], {
    count: node.args[1],
    one: access(loads[width] as Mnemonic, s.write(node), place, width),
    two: access(loads[2 * width] as Mnemonic, s.write(node), place, 2 * width),
    third: [...before, [laneLoads[width] as Mnemonic, s.update(node), 2, base]],
  });
  extend(s, node, storage);
};

const writeMemory: Rule = (s, node) => {
  const [storage, place] = [storageOf(node), s.place(node)];
  const value = node.args[1] as Node;
  const width = widthOf(storage);
  if (value.type === "i32") s.code.sequence(...access(integerStores[width] as Mnemonic, s.read(value), place, width));
  else if (value.type === "f32") {
    const short = narrowed(s, value, storage);
    s.code.sequence(...access(stores[width] as Mnemonic, read(short), place, width));
  } else if (isRaw(value, storage)) s.code.sequence(...access("str_q", s.read(value), place, 16));
  else {
    const short = narrowed(s, value, storage);
    s.code.sequence(...access(stores[4 * width] as Mnemonic, read(short), place, 4 * width));
  }
};

/** The first element is written in any case, and again with the second. */
const writeFirst: Rule = (s, node) => {
  const [storage, place] = [storageOf(node), s.place(node)];
  const width = widthOf(storage);
  const value = narrowed(s, node.args[1] as Node, storage);
  const { before, base } = reach(beyond(place, 2 * width), 0);
  firstLanes(s, [], {
    count: node.args[2],
    one: access(stores[width] as Mnemonic, read(value), place, width),
    two: access(stores[2 * width] as Mnemonic, read(value), place, 2 * width),
    third: [...before, [laneStores[width] as Mnemonic, read(value), 2, base]],
  });
};

/** Rules for memory of scalars, quads and the vectors of NEON. */
export const memoryRules = {
  read: readMemory,
  readSplat,
  readFirst,
  write: writeMemory,
  writeFirst,
} satisfies Record<string, Rule>;
