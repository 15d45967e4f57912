/** Reads and writes. Where only the first lanes exist, they are reached piece by piece: 2 elements, then 1. */
import type { Node } from "../../ir/node.ts";
import type { Storage, Type } from "../../ir/type.ts";
import { computeElement, elementOf, formOf, widthOf } from "../../ir/type.ts";
import type { Mnemonic } from "./instructions.ts";
import type { Rule, Selector } from "./selector.ts";
import { mnemonic } from "./shapes.ts";

const storageOf = (node: Node): Storage => node.immediate["storage"] as Storage;
const offsetOf = (node: Node): number => node.immediate["offset"] as number;

/** Whether memory and register hold the same 128 bits. */
const isRaw = (type: Type, storage: Storage): boolean =>
  elementOf(type) !== computeElement(storage) || storage === "f32" || storage === "i32";

const sign = (storage: Storage): "s" | "u" => (storage.startsWith("u") ? "u" : "s");

/** i32 lanes from the low lanes of a v128 that hold a short storage type. */
function extend(s: Selector, storage: Storage): void {
  if (widthOf(storage) === 1) s.op(mnemonic(`i16x8.extend_low_i8x16_${sign(storage)}`));
  if (widthOf(storage) < 4) s.op(mnemonic(`i32x4.extend_low_i16x8_${sign(storage)}`));
}

/** The low bits of four i32 lanes, side by side in the low lanes of a v128. */
function narrow(s: Selector, storage: Storage): void {
  const width = widthOf(storage);
  if (width === 4) return;
  const zero = (): void => s.op("v128.const", new Uint8Array(16));
  s.op("v128.const", new Uint8Array(Uint32Array.of(...Array(4).fill(2 ** (8 * width) - 1)).buffer));
  s.op("v128.and");
  zero();
  s.op("i16x8.narrow_i32x4_u");
  if (width === 2) return;
  zero();
  s.op("i8x16.narrow_i16x8_u");
}

/** Kernels promise no alignment, so the hint is that of the element. */
const alignment = (storage: Storage): number => Math.log2(widthOf(storage));

function scalarSuffix(storage: Storage): string {
  const width = widthOf(storage);
  return width === 4 ? "" : `${8 * width}`;
}

const read: Rule = (s, node) => {
  const storage = storageOf(node);
  const memarg = [alignment(storage), offsetOf(node)] as const;
  s.push(node.args[0]);
  if (formOf(node.type) === "scalar") {
    const suffix = scalarSuffix(storage);
    return s.op(mnemonic(`${node.type}.load${suffix}${suffix ? `_${sign(storage)}` : ""}`), ...memarg);
  }
  if (isRaw(node.type, storage)) return s.op("v128.load", ...memarg);
  if (widthOf(storage) === 2) return s.op(mnemonic(`v128.load16x4_${sign(storage)}`), ...memarg);
  s.op("v128.load32_zero", ...memarg);
  extend(s, storage);
};

const readSplat: Rule = (s, node) => {
  const storage = storageOf(node);
  const memarg = [alignment(storage), offsetOf(node)] as const;
  s.push(node.args[0]);
  if (widthOf(storage) === 4) return s.op("v128.load32_splat", ...memarg);
  s.op(mnemonic(`i32.load${scalarSuffix(storage)}_${sign(storage)}`), ...memarg);
  s.op("i32x4.splat");
};

/** The instructions that move 1, 2 and 3 elements of a storage type. */
interface Pieces {
  readonly one: Mnemonic;
  readonly two: Mnemonic;
}

const loads: Readonly<Record<number, Pieces>> = {
  1: { one: "v128.load8_lane", two: "v128.load16_lane" },
  2: { one: "v128.load16_lane", two: "v128.load32_lane" },
  4: { one: "v128.load32_lane", two: "v128.load64_lane" },
};

const stores: Readonly<Record<number, Pieces>> = {
  1: { one: "v128.store8_lane", two: "v128.store16_lane" },
  2: { one: "v128.store16_lane", two: "v128.store32_lane" },
  4: { one: "v128.store32_lane", two: "v128.store64_lane" },
};

interface FirstLanes {
  readonly storage: Storage;
  readonly offset: number;
  readonly count: number;
  /** Moves elements at a byte offset: lane `lane` of the piece. */
  readonly move: (which: keyof Pieces, offset: number, lane: number) => void;
}

/** Moves 1 to 3 elements: two and perhaps a third, or one. */
function moveFirst(s: Selector, { storage, offset, count, move }: FirstLanes): void {
  const test = (bit: number): void => {
    s.op("local.get", count);
    s.op("i32.const", bit);
    s.op("i32.and");
    s.op("if", 0x40);
  };
  test(2);
  move("two", offset, 0);
  test(1);
  move("one", offset + 2 * widthOf(storage), 2);
  s.op("end");
  s.op("else");
  move("one", offset, 0);
  s.op("end");
}

const readFirst: Rule = (s, node) => {
  const storage = storageOf(node);
  const width = widthOf(storage);
  const [address, count, value] = [s.temporary("i32", 0), s.temporary("i32", 1), s.temporary("v128", 0)];
  s.push(node.args[0]);
  s.op("local.set", address);
  s.push(node.args[1]);
  s.op("local.set", count);
  s.op("v128.const", new Uint8Array(16));
  s.op("local.set", value);
  moveFirst(s, {
    storage,
    offset: offsetOf(node),
    count,
    move(which, offset, lane) {
      s.op("local.get", address);
      s.op("local.get", value);
      s.op((loads[width] as Pieces)[which] as "v128.load32_lane", 0, offset, lane);
      s.op("local.set", value);
    },
  });
  s.op("local.get", value);
  extend(s, storage);
};

const write: Rule = (s, node) => {
  const storage = storageOf(node);
  const [address, value] = node.args as [Node, Node];
  const memarg = [alignment(storage), offsetOf(node)] as const;
  s.push(address);
  s.push(value);
  if (formOf(value.type) === "scalar") return s.op(mnemonic(`${value.type}.store${scalarSuffix(storage)}`), ...memarg);
  if (isRaw(value.type, storage)) return s.op("v128.store", ...memarg);
  narrow(s, storage);
  s.op(widthOf(storage) === 2 ? "v128.store64_lane" : "v128.store32_lane", ...memarg, 0);
};

const writeFirst: Rule = (s, node) => {
  const storage = storageOf(node);
  const width = widthOf(storage);
  const [address, count, value] = [s.temporary("i32", 0), s.temporary("i32", 1), s.temporary("v128", 0)];
  s.push(node.args[0]);
  s.op("local.set", address);
  s.push(node.args[1]);
  narrow(s, storage);
  s.op("local.set", value);
  s.push(node.args[2]);
  s.op("local.set", count);
  moveFirst(s, {
    storage,
    offset: offsetOf(node),
    count,
    move(which, offset, lane) {
      s.op("local.get", address);
      s.op("local.get", value);
      s.op((stores[width] as Pieces)[which] as "v128.store32_lane", 0, offset, lane);
    },
  });
};

export const memoryRules = { read, readSplat, readFirst, write, writeFirst };
