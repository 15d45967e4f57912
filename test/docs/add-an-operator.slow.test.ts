import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const diff = readFileSync(join(root, "docs/add-an-operator.diff"), "utf8");
let copy = "";

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "lanewise-docs-"));
  for (const name of ["src", "package.json", "tsconfig.json", "vitest.config.ts"]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const mappingTest = `
import { expect, it } from "vitest";
import { constantOf, elements } from "../../../ops/testing.ts";
import { applyOne } from "./testing.ts";
it("maps Softcap", () => {
  const node = { op: "Softcap", domain: "com.microsoft", opset: 1, attributes: { cap: 2 } };
  expect(elements(applyOne(node, constantOf("f32", [2], [0, 2])))[1]).toBeCloseTo(2 * Math.tanh(1), 6);
});`;

it("adds an operator with meaning, mapping and tests in at most 15 lines", () => {
  const added = diff.split("\n").filter((line) => /^\+(?!\+\+)/.test(line));
  expect(added.length).toBeLessThanOrEqual(15);
  execFileSync("git", ["apply", "-"], { cwd: copy, input: diff });
  writeFileSync(join(copy, "src/formats/onnx/ops/softcap.test.ts"), mappingTest);
  const report = join(copy, "report.json");
  const files = ["src/ops/ops.test.ts", "src/formats/onnx/ops/softcap.test.ts"];
  const vitest = [join(copy, "node_modules/vitest/vitest.mjs"), "run", "--project", "quick"];
  const output = ["--reporter=json", `--outputFile=${report}`];
  execFileSync(process.execPath, [...vitest, ...files, ...output], { cwd: copy, stdio: "pipe" });
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as {
    readonly testResults: readonly {
      readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
    }[];
  };
  const about = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ fullName }) => /softcap/i.test(fullName));
  expect(about.length).toBeGreaterThanOrEqual(3);
  expect(about.map(({ status }) => status)).toEqual(about.map(() => "passed"));
});

it("stands in the architecture page as it is in the file", () => {
  const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
  expect(page).toContain(`\`\`\`diff\n${diff}\`\`\``);
});
