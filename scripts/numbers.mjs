// Writes docs/numbers.md: how far kernels are from f64 on every target that runs here, beside their bounds. Fails where a bound is not kept.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

/** @import { MeasuredError } from "../test/numbers/measure.ts" */

const intro = `# Numbers

How far results are from f64 arithmetic, in units of the last place (ulp) of f32: the greatest error over a seeded sample on each target, beside the
bound that tests hold the kernel to or that the arithmetic allows; 0 where every result is the nearest f32. Written by \`node scripts/numbers.mjs\`, which fails where a bound is not kept.
Targets whose multiply-add rounds once give the same bits, whatever their lanes, and so do those where it rounds twice; tests compare the hashes.
Integer kernels are exact on every target. f16 and bf16 are computed in f32 and rounded once when stored.`;

/**
 * @param {string} title
 * @param {string} text
 * @param {readonly string[]} targets
 * @param {readonly MeasuredError[]} rows
 */
function section(title, text, targets, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  const head = ["", "units", "bound", ...targets, "why the bound"];
  const marks = head.map((_, i) => (i === 0 || i === 1 || i === head.length - 1 ? "---" : "---:"));
  const cells = rows.map(({ name, units, bound, errors, why }) => {
    return line([name, units, String(Number(bound.toFixed(1))), ...errors.map((error) => error.toFixed(2)), why]);
  });
  return [`## ${title}`, "", text, "", line(head), line(marks), ...cells].join("\n");
}

const root = fileURLToPath(new URL("..", import.meta.url));
// Within node_modules, so that koffi is found from there.
const folder = mkdtempSync(join(root, "node_modules/.numbers-"));
try {
  const outfile = join(folder, "measure.mjs");
  const entryPoints = [join(root, "test/numbers/measure.ts")];
  await build({
    entryPoints,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    outfile,
    logLevel: "warning",
  });
  /** @type {typeof import("../test/numbers/measure.ts")} */
  const { targets, measureFormulas, measureOperators, measureKernels } = await import(pathToFileURL(outfile).href);
  const tables = [
    { title: "Mathematical functions", text: "Over all exponents of f32.", rows: measureFormulas() },
    { title: "Elementwise operators", text: "Over numbers from 2^-8 to 2^4 in magnitude.", rows: measureOperators() },
    {
      title: "Kernels that add up",
      text: "Over random numbers; a sum is held against the sum of the magnitudes that it adds.",
      rows: measureKernels(),
    },
  ];
  const made = `This one was made on ${cpus()[0]?.model.trim() ?? "an unknown processor"} with Node ${process.versions.node}; targets that do not run there are not in it.`;
  const sections = tables.map(({ title, text, rows }) => section(title, text, targets, rows));
  writeFileSync(join(root, "docs/numbers.md"), `${[intro, made, ...sections].join("\n\n")}\n`);
  const rows = tables.flatMap((table) => table.rows);
  const over = rows.filter(({ bound, errors }) => errors.some((error) => !(error <= bound)));
  for (const { name, bound, errors } of over)
    console.error(`${name}: ${Math.max(...errors)} ulp, over its bound of ${bound}`);
  console.log(`docs/numbers.md: ${rows.length} kernels on ${targets.join(", ")}, ${over.length} over their bounds`);
  process.exitCode = over.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
