import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { operatorPage } from "../onnx/operator-table.ts";

test("docs/operators.md is what the declarations and the recorded cases say: node scripts/operators.mjs writes it", () => {
  expect(readFileSync(new URL("../../docs/operators.md", import.meta.url), "utf8")).toBe(operatorPage());
});
