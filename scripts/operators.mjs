// Writes docs/operators.md: which operators there are, what was tested of each and what runs it.
//   node scripts/operators.mjs           writes the page
//   node scripts/operators.mjs --check   fails when the page is another one
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const page = new URL("../docs/operators.md", import.meta.url);
const source = fileURLToPath(new URL("../test/onnx/operator-table.ts", import.meta.url));
// Beside the source, which finds its data from where it lies.
const built = source.replace(/\.ts$/, `.${process.pid}.mjs`);
try {
  await build({ entryPoints: [source], bundle: true, format: "esm", platform: "node", outfile: built });
  const { operatorPage } = await import(pathToFileURL(built).href);
  const text = operatorPage();
  if (!process.argv.includes("--check")) writeFileSync(page, text);
  else if (readFileSync(page, "utf8") !== text) {
    console.error("docs/operators.md is not what the declarations say: node scripts/operators.mjs");
    process.exitCode = 1;
  }
} finally {
  rmSync(built, { force: true });
}
