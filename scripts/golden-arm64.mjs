// Writes src/codegen/arm64/testdata/golden.bin: what GNU as makes of a sweep over every row of the table of instructions.
// Needs aarch64-linux-gnu-as and -objcopy (Debian: binutils-aarch64-linux-gnu).
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = new URL("../src/codegen/arm64/testdata/", import.meta.url);
const built = mkdtempSync(join(tmpdir(), "lanewise-golden-"));
try {
  const outfile = join(built, "sweep.mjs");
  const contents = `export { sweepSource } from "./sweep.ts"; export { assembleWithGnu } from "./gnu-as.ts";`;
  const stdin = { contents, resolveDir: fileURLToPath(folder) };
  await build({ stdin, bundle: true, format: "esm", platform: "node", outfile });
  const { sweepSource, assembleWithGnu } = await import(pathToFileURL(outfile).href);
  const bytes = assembleWithGnu(sweepSource());
  if (bytes === undefined) throw new Error("aarch64-linux-gnu-as is missing: install binutils-aarch64-linux-gnu.");
  writeFileSync(new URL("golden.bin", folder), bytes);
  console.log(`golden.bin: ${bytes.length} bytes`);
} finally {
  rmSync(built, { recursive: true });
}
