import type { Command } from "commander";
import { findCases } from "./find-cases.ts";
import { formatNumber } from "./format.ts";
import type { Io } from "./io.ts";
import { print, printJson } from "./io.ts";
import { exampleHelp, targetOption, tolerance, wholeFrom } from "./model-options.ts";
import { Progress } from "./progress.ts";
import type { CaseOptions, CaseResult } from "./run-case.ts";
import { runCase } from "./run-case.ts";

interface VerifyOptions extends CaseOptions {
  readonly json?: boolean;
}

const help = `
A case is a folder with one .onnx file in or under it and with test_data_set_*, as the ONNX tests have them; a folder of
such folders stands for all of them. Values may differ by atol + rtol·|expected|, NaN equals NaN; types, shapes and
strings are exact. The outputs of a model with random operators are compared by type and shape only.
With --json: a line for each case as it finishes, and a last line with the counts.`;

/** `verify DIR...`: runs ONNX test cases and says which of them come out as recorded. */
export function addVerify(program: Command, io: Io): void {
  program
    .command("verify")
    .description("Run ONNX test cases and compare with the recorded outputs.")
    .argument("<dir...>", "folders of test cases")
    .option("--rtol <x>", "tolerance relative to the expected value", tolerance, 1e-3)
    .option("--atol <x>", "absolute tolerance", tolerance, 1e-5)
    .addOption(targetOption())
    .option("--threads <n>", "threads to use at most", wholeFrom(1))
    .option("--json", "print JSON for machines on standard output, and nothing else")
    .addHelpText("after", `${help}\n${exampleHelp("verify case", "verify case --rtol 1e-4 --json")}`)
    .action((folders: readonly string[], options: VerifyOptions) => verify(folders, options, io));
}

async function verify(folders: readonly string[], options: VerifyOptions, io: Io): Promise<void> {
  const cases = folders.flatMap(findCases);
  const progress = new Progress(io);
  const counts = { cases: cases.length, passed: 0, failed: 0, skipped: 0 };
  try {
    for (const [i, found] of cases.entries()) {
      const result = await runCase(found, options);
      if (result.skipped !== undefined) counts.skipped++;
      else if (result.ok) counts.passed++;
      else counts.failed++;
      if (options.json) printJson(io, result);
      else print(io, describe(result));
      // On a terminal the lines themselves show how far it has come.
      if (io.stdout.isTTY !== true) progress.update(found.name, i + 1, cases.length);
    }
  } finally {
    progress.stop();
  }
  const { passed, failed, skipped } = counts;
  if (options.json) printJson(io, counts);
  else print(io, `\n${cases.length} cases: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failed > 0) io.exitCode = 1;
}

function describe({ case: name, ok, error, maxAbs = 0, skipped }: CaseResult): string {
  if (skipped !== undefined) return `skip  ${name}: ${skipped}`;
  return ok ? `ok    ${name}  (greatest difference ${formatNumber(maxAbs)})` : `FAIL  ${name}: ${error}`;
}
