// Adds up vitest's JSON reports: `node scripts/sum-tests.mjs REPORT... [--failed-stages N]` prints one line a report and
// ends with "N passed, N failed, N skipped".
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {{ status: string, assertionResults: readonly { status: string }[] }} TestFile
 */

/**
 * The counts of one report. A file that failed without a failed test (it did not load, say) counts as one failure, and
 * so does a report that is missing or says so as a whole.
 * @param {string} path
 * @returns {Counts}
 */
export function countReport(path) {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: 0 };
  /** @type {{ success: boolean, testResults: readonly TestFile[] }} */
  const { success, testResults } = JSON.parse(readFileSync(path, "utf8"));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of testResults) {
    const failedBefore = counts.failed;
    for (const one of assertionResults) {
      if (one.status === "passed") counts.passed += 1;
      else if (one.status === "failed") counts.failed += 1;
      else counts.skipped += 1;
    }
    if (status === "failed" && counts.failed === failedBefore) counts.failed += 1;
  }
  if (!success && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** @param {Counts} counts */
export function countsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const args = process.argv.slice(2);
  const flag = args.indexOf("--failed-stages");
  const failedStages = flag < 0 ? 0 : Number(args.splice(flag, 2)[1]);
  const total = { passed: 0, failed: failedStages, skipped: 0 };
  for (const path of args) {
    const counts = countReport(path);
    console.log(`${basename(path, ".json").padEnd(16)} ${countsLine(counts)}${existsSync(path) ? "" : " (no report)"}`);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  console.log(countsLine(total));
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
}
