/** Gives every instruction its address: chooses the shortest jumps, fills alignments, and resolves labels and constants. */
import { invariant } from "../../tensor/errors.ts";
import type { Item } from "./assembler.ts";
import { poolAlignment } from "./constant-pool.ts";
import type { Encoded } from "./encode.ts";
import { encode } from "./encode.ts";
import type { Form } from "./form.ts";
import { formsOf } from "./instructions.ts";
import type { Label, Operand } from "./operand.ts";
import { isLabel } from "./operand.ts";

interface Jump {
  readonly target: Label;
  readonly short: readonly number[] | undefined;
  readonly long: readonly number[];
  isLong: boolean;
}

type Piece = Encoded | Jump | { readonly bind: Label } | { readonly align: number };

const targetOf = (operands: readonly Operand[]): Label | undefined => operands.find(isLabel);

function opcodeOf({ map, opcode }: Form): readonly number[] {
  return map === 0 ? [opcode] : [0x0f, opcode];
}

function pieceOf(item: Item): Piece {
  if (!("form" in item)) return item;
  const target = targetOf(item.operands);
  if (target === undefined) return encode(item);
  const forms = formsOf(item.mnemonic);
  const ofSize = (size: string) => forms.find(({ shapes }) => shapes[0]?.slot === "label" && shapes[0].size === size);
  const [short, long] = [ofSize("b"), ofSize("z")];
  invariant(long !== undefined, `${item.mnemonic} has no form with 32 bits of displacement.`);
  return { target, short: short && opcodeOf(short), long: opcodeOf(long), isLong: short === undefined };
}

function sizeOf(piece: Piece, address: number): number {
  if ("bind" in piece) return 0;
  if ("align" in piece) return -address & (piece.align - 1);
  if ("bytes" in piece) return piece.bytes.length;
  return piece.isLong ? piece.long.length + 4 : 2;
}

/** The address of every piece and of the end, and where the labels are, with the jumps as long as they are now. */
function addressesOf(pieces: readonly Piece[]) {
  const addresses: number[] = [0];
  const labels = new Map<number, number>();
  let address = 0;
  for (const piece of pieces) {
    if ("bind" in piece) {
      invariant(!labels.has(piece.bind.label), `label ${piece.bind.label} is bound twice.`);
      labels.set(piece.bind.label, address);
    }
    address += sizeOf(piece, address);
    addresses.push(address);
  }
  return { addresses, labels };
}

/** The distance of a jump, from its end. */
function distanceOf({ target }: Jump, end: number, labels: ReadonlyMap<number, number>): number {
  const at = labels.get(target.label);
  invariant(at !== undefined, `label ${target.label} is never bound.`);
  return at - end;
}

/** Lengthens the jumps that do not reach, until all do; a jump never gets short again, so this ends. */
function relax(pieces: readonly Piece[]) {
  for (;;) {
    const { addresses, labels } = addressesOf(pieces);
    let changed = false;
    pieces.forEach((piece, at) => {
      if (!("target" in piece) || piece.isLong) return;
      const distance = distanceOf(piece, addresses[at + 1] ?? 0, labels);
      if (distance >= -128 && distance <= 127) return;
      piece.isLong = true;
      changed = true;
    });
    if (!changed) return { addresses, labels };
  }
}

/** No-operations of 1 to 11 bytes: those that the Intel manual recommends, the longest with prefixes without effect, as GNU as has them. */
const nops = [
  [0x90],
  [0x66, 0x90],
  [0x0f, 0x1f, 0x00],
  [0x0f, 0x1f, 0x40, 0x00],
  [0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
  [0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
  [0x66, 0x2e, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
  [0x66, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
];

function padding(bytes: number): number[] {
  const filled: number[] = [];
  while (filled.length < bytes) filled.push(...(nops[Math.min(nops.length, bytes - filled.length) - 1] ?? []));
  return filled;
}

/** The code of these items, zeros up to a multiple of 64, and the pool. */
export function layOut(items: readonly Item[], pool: readonly number[]): Uint8Array<ArrayBuffer> {
  const pieces = items.map(pieceOf);
  const { addresses, labels } = relax(pieces);
  const end = addresses.at(-1) ?? 0;
  const poolStart = pool.length === 0 ? end : Math.ceil(end / poolAlignment) * poolAlignment;
  const code = new Uint8Array(poolStart + pool.length);
  const view = new DataView(code.buffer);
  pieces.forEach((piece, at) => {
    const [start = 0, next = 0] = [addresses[at], addresses[at + 1]];
    if ("bytes" in piece) {
      code.set(piece.bytes, start);
      if (piece.fixup !== undefined) view.setInt32(start + piece.fixup.at, poolStart + piece.fixup.pool - next, true);
    } else if ("target" in piece) {
      const distance = distanceOf(piece, next, labels);
      code.set(piece.isLong ? piece.long : (piece.short ?? []), start);
      if (piece.isLong) view.setInt32(next - 4, distance, true);
      else view.setInt8(next - 1, distance);
    } else if ("align" in piece) code.set(padding(next - start), start);
  });
  code.set(pool, poolStart);
  return code;
}
