// Writes src/codegen/x64/testdata/golden.txt: what GNU as makes of the sweep over the instruction tables.
// Needs as for x86-64, and objcopy (Debian: binutils).
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = new URL("../src/codegen/x64/testdata/", import.meta.url);
const built = mkdtempSync(join(tmpdir(), "lanewise-golden-"));
try {
  const outfile = join(built, "golden.mjs");
  const contents = `export { golden } from "./golden.ts"; export * from "./gnu-as.ts";`;
  const stdin = { contents, resolveDir: fileURLToPath(folder) };
  await build({ stdin, bundle: true, format: "esm", platform: "node", outfile });
  const { golden, assembleLines, assembleProgram } = await import(pathToFileURL(outfile).href);
  const entries = golden({
    lines: (/** @type {unknown} */ _, /** @type {string[]} */ texts) => assembleLines(texts),
    program: (/** @type {string} */ _, /** @type {string} */ text) => assembleProgram(text),
  });
  const text = [...entries.values()].join("");
  writeFileSync(new URL("golden.txt", folder), text);
  console.log(`golden.txt: ${entries.size} entries, ${text.length} bytes`);
} finally {
  rmSync(built, { recursive: true });
}
