import { expect, test } from "vitest";
import { formatTable } from "./table.ts";

test("columns are aligned, numbers to the right, without lines", () => {
  const columns = [{ head: "name" }, { head: "ms", align: "right" }, { head: "" }] as const;
  const rows = [
    ["a", "1.5", "x"],
    ["longer", "12", ""],
  ];
  expect(formatTable(columns, rows)).toBe("name     ms\na       1.5  x\nlonger   12");
});

test("the widest texts give way to 100 columns, by their middle", () => {
  const columns = [{ head: "origin" }, { head: "ms", align: "right" }, { head: "type" }] as const;
  const text = formatTable(columns, [[`/begin${"x".repeat(200)}/end`, "1", "f32[1,2,3]"]]);
  const [, row = ""] = text.split("\n");
  expect(row).toHaveLength(100);
  expect(row).toMatch(/^\/beginx+…x+\/end +1 {2}f32\[1,2,3\]$/);
});
