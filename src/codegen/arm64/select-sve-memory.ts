/** Reads and writes of scalable vectors. Lanes that do not exist are under a predicate, and their bytes are not reached. */
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import { widthOf } from "../../ir/type.ts";
import { reach, reachVectors } from "./addressing.ts";
import type { Argument } from "./code-builder.ts";
import { read, write } from "./code-builder.ts";
import type { Mnemonic } from "./instructions.ts";
import { fixed } from "./registers.ts";
import { isRaw, storageOf } from "./select-memory.ts";
import type { Rule, Selector } from "./selector.ts";

/** Of 32-bit lanes whose memory holds the storage type. */
const loads: Partial<Record<Storage, Mnemonic>> = {
  f32: "ld1w_zs",
  i32: "ld1w_zs",
  f16: "ld1h_zs",
  u16: "ld1h_zs",
  i16: "ld1sh_zs",
  u8: "ld1b_zs",
  i8: "ld1sb_zs",
};
const splats: Partial<Record<Storage, Mnemonic>> = {
  f32: "ld1rw_zs",
  i32: "ld1rw_zs",
  f16: "ld1rh_zs",
  u16: "ld1rh_zs",
  i16: "ld1rsh_zs",
  u8: "ld1rb_zs",
  i8: "ld1rsb_zs",
};
const stores: Readonly<Record<number, Mnemonic>> = { 1: "st1b_zs", 2: "st1h_zs", 4: "st1w_zs" };

/** The f32 that the low halves of the lanes stand for. */
function widenHalves(s: Selector, node: Node): void {
  s.code.op("fcvt_zsh", s.write(node), fixed.allTrue, read(s.result(node)));
}

/** A vector that keeps the bits of memory is read in words, whatever its lanes. */
function readVector(s: Selector, node: Node, predicate: Argument): void {
  const storage = isRaw(node, storageOf(node)) ? "i32" : storageOf(node);
  const { before, base, offset } = reachVectors(s.place(node), widthOf(storage));
  s.code.sequence(...before, [loads[storage] as Mnemonic, s.write(node), predicate, base, offset]);
  if (storage === "f16") widenHalves(s, node);
}

function writeVector(s: Selector, node: Node, predicate: Argument): void {
  const value = node.args[1] as Node;
  const width = isRaw(value, storageOf(node)) ? 4 : widthOf(storageOf(node));
  const { before, base, offset } = reachVectors(s.place(node), width);
  const stored = storageOf(node) === "f16" ? s.code.vreg("vec") : s.vreg(value);
  if (storageOf(node) === "f16") s.code.op("fcvt_zhs", write(stored), fixed.allTrue, s.read(value));
  s.code.sequence(...before, [stores[width] as Mnemonic, read(stored), predicate, base, offset]);
}

const readSplat: Rule = (s, node) => {
  const storage = storageOf(node);
  const [place, width] = [s.place(node), widthOf(storage)];
  const near = place.offset < 64 * width;
  const { before, base, offset } = reach(place, near ? width : 0);
  s.code.sequence(...before, [splats[storage] as Mnemonic, s.write(node), fixed.allTrue, base, offset]);
  if (storage === "f16") widenHalves(s, node);
};

/** Rules for memory of scalable vectors. */
export const sveMemoryRules = {
  read: (s, node) => readVector(s, node, fixed.allTrue),
  readSplat,
  readFirst: (s, node) => readVector(s, node, s.predicate(node.args[1])),
  write: (s, node) => writeVector(s, node, fixed.allTrue),
  writeFirst: (s, node) => writeVector(s, node, s.predicate(node.args[2])),
} satisfies Record<string, Rule>;
