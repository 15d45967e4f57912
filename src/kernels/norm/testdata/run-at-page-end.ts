import { cursorRecord, nativeContext, stepRecord } from "../../../ir/driver-layout.ts";
import { legalize } from "../../../ir/legalize/legalize.ts";
import type { NativeCodegen } from "../../../runtime/hosts/native/native-codes.ts";
import type { NativeHost } from "../../../runtime/hosts/native/native-host.ts";
import { rmsNorm } from "../rms-norm.ts";

/**
 * Normalises rows of these sizes with the operand `last` ending where an inaccessible page begins: code that reaches beyond it ends the process.
 * Gives the number of rows that the driver came through.
 */
export function runAtPageEnd(host: NativeHost, codegen: NativeCodegen, sizes: readonly number[], last: string): number {
  const { pages } = host;
  const accessible = Math.ceil(65536 / pages.size) * pages.size;
  const base = pages.allocate(accessible + pages.size);
  pages.protect(base + BigInt(accessible), pages.size, "none");
  const kernel = legalize({ ...rmsNorm.build({ scale: "f32" }, codegen.target), name: "row" }, codegen.target);
  const code = codegen.compile(kernel);
  const driver = codegen.driver(host.platform);
  const entry = Math.ceil(driver.length / 64) * 64;
  const all = new Uint8Array(entry + code.length);
  all.set(driver);
  all.set(code, entry);
  using region = host.map(all);
  let done = 0;
  try {
    for (const n of sizes) {
      const places: Record<string, number> = { x: 16384, scale: 24576, y: 32768, n, eps: 1e-5 };
      places[last] = accessible - 4 * n;
      const image = new ArrayBuffer(4096);
      const view = new DataView(image);
      kernel.words.forEach(({ name, type }, word) => {
        if (type === "f32") view.setFloat32(4 * word, places[name] ?? 0, true);
        else view.setInt32(4 * word, places[name] ?? 0, true);
      });
      const [table, cursor, context] = [1024, 1088, 1152];
      for (const [at, value] of [
        [table + stepRecord.entry, entry],
        [table + stepRecord.items, 1],
        [table + stepRecord.chunk, 1],
        [cursor + cursorRecord.budget, 9],
        [context + nativeContext.steps, table],
        [context + nativeContext.count, 1],
        [context + nativeContext.cursor, cursor],
        [context + nativeContext.scratch, 4096],
      ] as const) {
        view.setInt32(at, value, true);
      }
      view.setBigUint64(context + nativeContext.base, base, true);
      view.setBigUint64(context + nativeContext.code, region.base, true);
      pages.write(base, new Uint8Array(image));
      pages.write(
        base + BigInt(places[last]),
        new Uint8Array(Float32Array.from({ length: n }, (_, i) => i - 3.5).buffer),
      );
      if (region.entry(0)(base + BigInt(context), base) === 0) done++;
    }
    return done;
  } finally {
    pages.free(base, accessible + pages.size);
  }
}
