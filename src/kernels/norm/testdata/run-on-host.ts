import { cursorRecord, stepRecord } from "../../../ir/driver-layout.ts";
import type { KernelHost } from "../../../runtime/kernel-host.ts";
import type { KernelUse } from "../../schedule.ts";
import type { StressRow } from "./stress-rows.ts";

/** Runs a row kernel over all rows in one walk of the driver, with starts that are not aligned and filler around the results, which it checks. */
export function runOnHost(host: KernelHost, kernel: KernelUse, rows: readonly StressRow[]): Float32Array[] {
  host.install([kernel]);
  const { entry, words } = host.installed(kernel.key);
  const filler = 0x5a5a5a5a;
  const places = rows.map(({ x }, i) => {
    const bytes = 4 * x.length + 192;
    const shift = 4 * (i % 16);
    return {
      x: host.memory.allocate(bytes) + shift,
      scale: host.memory.allocate(bytes) + 60 - shift,
      y: host.memory.allocate(bytes) + shift,
    };
  });
  const table = host.memory.allocate(rows.length * stepRecord.bytes);
  const cursor = host.memory.allocate(cursorRecord.bytes);
  const args = host.memory.allocate(rows.length * 4 * words.length);
  const view = new DataView(host.memory.buffer);
  const floats = (at: number, n: number): Float32Array => new Float32Array(host.memory.buffer, at, n);
  rows.forEach(({ x, scale, eps }, i) => {
    const { x: xAt, scale: scaleAt, y } = places[i] as (typeof places)[number];
    floats(xAt, x.length).set(x);
    floats(scaleAt, x.length).set(scale);
    for (let at = y - 4; at <= y + 4 * x.length; at += 4) view.setInt32(at, filler, true);
    const values: Readonly<Record<string, number>> = { x: xAt, scale: scaleAt, y, n: x.length, eps };
    const block = args + 4 * words.length * i;
    words.forEach(({ name, type }, word) => {
      const value = values[name] ?? 0;
      if (type === "f32") view.setFloat32(block + 4 * word, value, true);
      else view.setInt32(block + 4 * word, value, true);
    });
    const record = { entry, args: block, items: 1, chunk: 1 };
    for (const [field, value] of Object.entries(record)) {
      view.setInt32(table + i * stepRecord.bytes + stepRecord[field as keyof typeof record], value, true);
    }
  });
  const start = { ...cursorRecord, step: 0, item: 0, budget: rows.length + 1, abort: 0 };
  for (const field of ["step", "item", "budget", "abort"] as const)
    view.setInt32(cursor + cursorRecord[field], start[field], true);
  host.run(table, rows.length, cursor);
  return rows.map(({ what, x }, i) => {
    const { y } = places[i] as (typeof places)[number];
    for (const at of [y - 4, y + 4 * x.length]) {
      if (view.getInt32(at, true) !== filler) throw new Error(`The kernel wrote beside the row of ${what}.`);
    }
    return floats(y, x.length).slice();
  });
}
