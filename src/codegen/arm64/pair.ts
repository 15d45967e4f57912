import type { Mnemonic } from "./instructions.ts";

interface Access<T> {
  readonly mnemonic: Mnemonic;
  /** The register, the base, and the offset in bytes. */
  readonly operands: readonly (number | T)[];
}

/** Pairs by the instruction for one, and the bytes of one. */
const pairs: Partial<Record<Mnemonic, { readonly pair: Mnemonic; readonly bytes: number; readonly loadsBase?: true }>> =
  {
    ldr_q: { pair: "ldp_q", bytes: 16 },
    str_q: { pair: "stp_q", bytes: 16 },
    ldr_d: { pair: "ldp_d", bytes: 8 },
    str_d: { pair: "stp_d", bytes: 8 },
    ldr_s: { pair: "ldp_s", bytes: 4 },
    ldr_x: { pair: "ldp_x", bytes: 8, loadsBase: true },
    str_x: { pair: "stp_x", bytes: 8 },
  };

/** One instruction for two that load or store neighbouring bytes, the lower first; undefined where there is none. */
export function pairOf<T>(first: Access<T>, second: Access<T>): Access<T> | undefined {
  const row = pairs[first.mnemonic];
  if (row === undefined || first.mnemonic !== second.mnemonic) return undefined;
  const [a, base, offset] = first.operands;
  const [b, other, next] = second.operands;
  if (typeof offset !== "number" || typeof a !== "number" || typeof b !== "number") return undefined;
  const isNext = base === other && next === offset + row.bytes;
  const fits = offset % row.bytes === 0 && offset < 64 * row.bytes;
  const isLoad = first.mnemonic.startsWith("ld");
  if (!isNext || !fits || (isLoad && a === b) || (row.loadsBase && a === base)) return undefined;
  return { mnemonic: row.pair, operands: [a, b, base as number, offset] };
}
