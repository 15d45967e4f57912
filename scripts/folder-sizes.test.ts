import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { folderSizes, maxLines } from "./folder-sizes.mjs";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lanewise-sizes-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, lines: number): void {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), "x;\n".repeat(lines));
}

test("counts lines per folder, tests apart", () => {
  write("src/ops/add.ts", 10);
  write("src/ops/deep/mul.ts", 5);
  write("src/ops/add.test.ts", 7);
  write("test/models/run.ts", 4);
  write("examples/ocr/node_modules/p/index.js", 1000);
  const { folders, problems } = folderSizes(root, {});
  expect(problems).toEqual([]);
  expect(folders.get("src/ops")).toEqual({ files: 3, lines: 15, testLines: 7, longest: 10 });
  expect(folders.get("test/models")).toEqual({ files: 1, lines: 0, testLines: 4, longest: 0 });
  expect([...folders.keys()]).toEqual(["src/ops", "test/models"]);
});

test("a file over the limit is a problem unless it is exempt", () => {
  write("src/ops/long.ts", maxLines + 1);
  write("src/ops/full.ts", maxLines);
  expect(folderSizes(root, {}).problems).toEqual([
    expect.stringMatching(/^src\/ops\/long.ts has 401 lines, 400 at most/),
  ]);
  expect(folderSizes(root, { "src/ops/long.ts": "one row an operator" }).problems).toEqual([]);
});

test("an exemption that is not needed is a problem", () => {
  write("src/ops/short.ts", 3);
  const { problems } = folderSizes(root, { "src/ops/short.ts": "once long", "src/gone.ts": "once there" });
  expect(problems).toHaveLength(2);
  expect(problems[0]).toMatch(/^src\/ops\/short.ts is exempt .* drop the exemption/);
});
