import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { build, maxPackageBytes } from "./build.mjs";

const checkout = fileURLToPath(new URL("..", import.meta.url));
const core = {
  "src/index.ts": 'export { double } from "./tensor/double.ts";\nexport type { Pair } from "./tensor/pair.ts";\n',
  "src/tensor/double.ts":
    "/** Twice x. */\nexport function double(x: number): number {\n  return x * 2;\n}\n" +
    'export const files = (): Promise<unknown> => import("node:fs");\n',
  "src/tensor/pair.ts": "export interface Pair {\n  readonly left: Float16Array;\n  readonly right: number;\n}\n",
};
const cli = {
  "src/cli/main.ts":
    'import Table from "cli-table3";\nimport { Command } from "commander";\nimport { double } from "../index.ts";\n' +
    'new Command("lanewise").command("double <x>").action(async (x: string) => {\n' +
    '  const { bar } = await import("./bar.ts");\n  const table = new Table({ style: { head: [], border: [] } });\n' +
    "  table.push([double(Number(x)), typeof bar.start]);\n  console.log(table.toString());\n}).parent?.parse();\n",
  "src/cli/bar.ts": 'import { SingleBar } from "cli-progress";\nexport const bar = new SingleBar({});\n',
};

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lanewise-build-"));
  for (const name of ["package.json", "tsconfig.json", "LICENSE-MIT"]) cpSync(join(checkout, name), join(root, name));
  symlinkSync(join(checkout, "node_modules"), join(root, "node_modules"), "junction");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function node(...args: string[]): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
}

test("the command line runs with its CommonJS packages bundled, and their licences are listed", async () => {
  write({ ...core, ...cli });
  const { packages, packageBytes, coreBytes } = await build(root);
  expect(node("dist/cli.js", "double", "21")).toMatchObject({
    stdout: expect.stringMatching(/42 │ function/),
    stderr: "",
  });
  expect(readFileSync(join(root, "dist/cli.js"), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  expect(packages.map((id) => id.replace(/@[^@]*$/, ""))).toEqual(
    expect.arrayContaining(["cli-progress", "cli-table3", "commander", "string-width"]),
  );
  const licences = readFileSync(join(root, "dist/THIRD-PARTY"), "utf8");
  for (const id of packages) expect(licences).toContain(`\n${id} (`);
  expect(licences).toContain("Copyright (c) 2011 TJ Holowaychuk");
  expect(coreBytes).toBeLessThan(3000);
  expect(packageBytes).toBeGreaterThan(coreBytes);
  expect(readdirSync(root).filter((name) => name.startsWith(".dist-"))).toEqual([]);
});

test.each(["bundler", "node16", "nodenext"])("declarations resolve with moduleResolution %s", async (resolution) => {
  write({ ...core, ...cli });
  await build(root);
  expect(readdirSync(join(root, "dist/types"), { recursive: true }).map(String).sort()).toEqual(
    ["index.d.ts", "tensor", "tensor/double.d.ts", "tensor/pair.d.ts"].map((path) => join(path)),
  );
  const user = join(root, "user");
  mkdirSync(join(user, "node_modules"), { recursive: true });
  symlinkSync(root, join(user, "node_modules/lanewise"), "junction");
  writeFileSync(join(user, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(user, "use.ts"),
    'import { double, type Pair } from "lanewise";\n' +
      "export const pair: Pair = { left: new Float16Array(1), right: double(1) };\n" +
      '// @ts-expect-error a string is no number, so the types are there\ndouble("1");\n',
  );
  const module = resolution === "bundler" ? "esnext" : resolution;
  const options = ["--strict", "--noEmit", "--ignoreConfig", "--lib", "esnext", "--types", "node"];
  const tsc = ["node_modules/typescript/bin/tsc", ...options, "--moduleResolution", resolution, "--module", module];
  expect(node(...tsc, "user/use.ts")).toMatchObject({ stdout: "", status: 0 });
});

test("a Node module that would load with the engine stops the build and leaves the old dist/", async () => {
  write({ ...core, ...cli });
  await build(root);
  write({ "src/tensor/double.ts": 'import { statSync } from "node:fs";\nexport const double = statSync;\n' });
  await expect(build(root)).rejects.toThrow(/loads "node:fs" together with index.js.*src\/tensor\/double.ts/);
  expect(existsSync(join(root, "dist/types/tensor/pair.d.ts"))).toBe(true);
  expect(readdirSync(root).filter((name) => name.startsWith(".dist-"))).toEqual([]);
});

test("a package over the bound stops the build and names what is large", async () => {
  write({
    ...core,
    ...cli,
    "src/index.ts": `export const large = "${"x".repeat(maxPackageBytes)}";\nexport const double = Number;\n`,
  });
  await expect(build(root)).rejects.toThrow(
    new RegExp(`would be \\d+ bytes, ${maxPackageBytes} at most: .*\\(chunks/chunk-\\w+\\.js \\d{7}`),
  );
});
