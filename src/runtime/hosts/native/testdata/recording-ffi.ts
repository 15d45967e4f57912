import type { Ffi } from "../ffi.ts";

/** An Ffi of a system that is not this one: it answers from `functions`, and keeps what was called with which words. */
export function recordingFfi(
  functions: Readonly<Record<string, (words: readonly bigint[], views: readonly Uint8Array[]) => bigint>>,
): {
  readonly ffi: Ffi;
  readonly calls: [symbol: string, ...words: bigint[]][];
} {
  const calls: [string, ...bigint[]][] = [];
  const views: Uint8Array[] = [];
  const ffi: Ffi = {
    name: "koffi",
    bind:
      (_library, symbol, arity) =>
      (...words) => {
        if (words.length !== arity) throw new Error(`${symbol} takes ${arity} words, got ${words.length}`);
        calls.push([symbol, ...words]);
        return functions[symbol]?.(words, views) ?? 0n;
      },
    /** 1, 2, ... for the first view, the second, ... */
    addressOf: (view) => BigInt(views.push(view)),
    entry: () => () => 0,
  };
  return { ffi, calls };
}
