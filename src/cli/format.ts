/** Numbers and facts as people read them. */
import type { Type } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";

/** Three significant digits or whole numbers: `0.0123`, `1.23`, `1234`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1000 && size < 1e15) return value.toFixed(0);
  return size < 1e-4 || size >= 1e15 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}

/** Milliseconds, `12.3 ms`. */
export const formatMs = (ms: number): string => `${formatNumber(ms)} ms`;

/** Bytes in decimal units, `90.4 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${formatNumber(bytes / 1000 ** power)} ${units[power]}`;
}

/** A part of a whole, `12.3 %`. */
export const formatShare = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** `3 nodes`, `1 node`. */
export const formatCount = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** The shape part of a type: `[N,3]`, `[...]` for an unknown rank. */
export const formatTypeShape = (type: Type): string =>
  type.kind === "tensor" ? formatType(type).slice(type.dtype.length) : "";

/** What JSON can hold of a number: NaN and infinities are told as texts. */
export const jsonNumber = (value: number): number | string => (Number.isFinite(value) ? value : String(value));
