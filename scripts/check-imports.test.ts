import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkImports, importsOf, importTable } from "./check-imports.mjs";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lanewise-imports-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function problems(files: Record<string, string>): string[] {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkImports(root).problems;
}

const dtype = { "tensor/dtype.ts": "export const dtype = 1;\nexport type Dtype = number;\n" };

test("accepts what the table lists", () => {
  const found = problems({
    ...dtype,
    "ops/add.ts": 'import { dtype } from "../tensor/dtype.ts";\nexport const add = dtype;\n',
    "tensor/npz.ts": 'import { unzipSync } from "fflate";\nexport const unzip = unzipSync;\n',
    "formats/onnx/read.ts":
      'import { add } from "../../ops/add.ts";\n' +
      'export const read = async () => [(await import("node:fs")).readFileSync, add];\n',
    "index.ts": 'export { read } from "./formats/onnx/read.ts";\n',
    "cli/main.ts": 'import "node:fs";\nimport "commander";\nimport { read } from "../index.ts";\nread();\n',
    "tensor/dtype.test.ts": 'import "vitest";\nimport "node:fs";\nimport "../ops/add.ts";\nimport "./dtype.ts";\n',
    "tensor/testdata/read.ts": 'import "node:fs";\n',
  });
  expect(found).toEqual([]);
});

test.each([
  ["an import", 'import { add } from "../ops/add.ts";\nexport const x = add;\n'],
  ["a type import", 'import type { Add } from "../ops/add.ts";\nexport type X = Add;\n'],
  ["a re-export", 'export * from "../ops/add.ts";\n'],
  ["a dynamic import", 'export const x = () => import("../ops/add.ts");\n'],
  ["an import type", 'export type X = import("../ops/add.ts").Add;\n'],
])("rejects %s against the table", (_kind, text) => {
  const found = problems({ "ops/add.ts": "export const add = 1;\nexport type Add = number;\n", "graph/x.ts": text });
  expect(found).toEqual(['graph/x.ts:1: "../ops/add.ts" reaches into ops: graph may import tensor.']);
});

describe("rejects", () => {
  test("an undeclared folder, with and without imports", () => {
    expect(problems({ "utils/a.ts": "export const a = 1;\n" })[0]).toMatch(/^utils\/a.ts:1: "utils" is not in the/);
    const found = problems({ ...dtype, "helpers.ts": 'export * from "./tensor/dtype.ts";\n' });
    expect(found.some((one) => one.startsWith('helpers.ts:1: "helpers.ts" is not in the import table'))).toBe(true);
  });

  test("an import without its extension, in tests too", () => {
    const found = problems({ ...dtype, "tensor/a.test.ts": 'import { dtype } from "./dtype";\ndtype;\n' });
    expect(found).toEqual(['tensor/a.test.ts:1: "./dtype" has no extension: write the file\'s name with ".ts".']);
  });

  test("one instruction set that imports another, but not what they share", () => {
    const found = problems({
      "codegen/regalloc/scan.ts": "export const scan = 1;\n",
      "codegen/x64/abi.ts": 'export * from "../regalloc/scan.ts";\n',
      "codegen/arm64/abi.ts": 'export * from "../x64/abi.ts";\n',
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^codegen\/arm64\/abi.ts:1: .*reaches from codegen\/arm64 into codegen\/x64/);
  });

  test("static Node modules and undeclared packages outside the command line", () => {
    const found = problems({ "runtime/a.ts": 'import "node:fs";\nimport "left-pad";\nimport type {} from "koffi";\n' });
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(/^runtime\/a.ts:1: "node:fs" is imported statically/);
    expect(found[1]).toMatch(/^runtime\/a.ts:2: "left-pad" is not declared: runtime may import no package/);
  });

  test("a cycle between files at run time, but not one of types or of on-demand loading", () => {
    const cycle = {
      "ops/a.ts": 'import { b } from "./b.ts";\nexport const a = () => b;\n',
      "ops/b.ts": 'import { c } from "./c.ts";\nexport const b = () => c;\n',
      "ops/c.ts": 'import { a } from "./a.ts";\nexport const c = () => a;\n',
    };
    expect(problems(cycle)).toEqual(["import cycle: ops/a.ts -> ops/b.ts -> ops/c.ts -> ops/a.ts"]);
    expect(problems({ ...cycle, "ops/c.ts": 'import type { a } from "./a.ts";\nexport type C = typeof a;\n' })).toEqual(
      [],
    );
    expect(problems({ ...cycle, "ops/c.ts": 'export const c = () => import("./a.ts");\n' })).toEqual([]);
  });

  test("a test imported by what is no test", () => {
    const found = problems({ "ops/a.test.ts": "export const a = 1;\n", "ops/b.ts": 'export * from "./a.test.ts";\n' });
    expect(found).toEqual(['ops/b.ts:1: "./a.test.ts" is for tests: only tests import it.']);
  });
});

test("reads imports, not text that looks like them", () => {
  const text = '// import "./a.ts"\nconst s = `import "./b.ts"`;\nexport const f = () => import(`./c.ts`);\n';
  expect(importsOf("x.ts", text)).toEqual([{ specifier: "./c.ts", line: 3, typeOnly: false, dynamic: true }]);
});

test("the table has no cycle and names only its own entries", () => {
  const order: string[] = [];
  const visit = (name: string, path: string[]): void => {
    expect(path, `${[...path, name].join(" -> ")} is a cycle`).not.toContain(name);
    const rule = importTable[name];
    if (rule === undefined) throw new Error(`"${name}" is not an entry of the import table`);
    if (rule.folders === "any" || order.includes(name)) return;
    for (const next of rule.folders) visit(next, [...path, name]);
    order.push(name);
  };
  for (const name of Object.keys(importTable)) visit(name, []);
  expect(order[0]).toBe("tensor");
});
