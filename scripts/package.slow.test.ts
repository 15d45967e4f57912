import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { maxPackageBytes } from "./build.mjs";

const checkout = fileURLToPath(new URL("..", import.meta.url));
const shell = process.platform === "win32";
let folder = "";
let user = "";
let packed = { filename: "", unpackedSize: 0, files: [] as { path: string }[] };

function run(cwd: string, command: string, ...args: string[]): string {
  const { stdout, stderr, status } = spawnSync(command, args, { cwd, encoding: "utf8", shell });
  expect(status, `${command} ${args.join(" ")}: ${stdout}${stderr}`).toBe(0);
  return stdout;
}

beforeAll(() => {
  if (!existsSync(join(checkout, "dist/index.js"))) throw new Error('No dist/ here: run "npm run build" first.');
  folder = mkdtempSync(join(tmpdir(), "lanewise-package-"));
  user = join(folder, "user");
  mkdirSync(user);
  writeFileSync(join(user, "package.json"), '{ "type": "module" }');
  const pack = ["pack", "--silent", "--json", "--ignore-scripts", "--pack-destination", folder];
  const answer: unknown = JSON.parse(run(checkout, "npm", ...pack));
  packed = (Array.isArray(answer) ? answer : Object.values(answer as object))[0];
  run(user, "npm", "install", "--offline", "--no-audit", "--no-fund", join(folder, packed.filename));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("installing adds exactly one package, below the bound, without an install script", () => {
  expect(readdirSync(join(user, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["lanewise"]);
  expect(packed.unpackedSize).toBeLessThan(maxPackageBytes);
  const { scripts = {}, dependencies = {} } = JSON.parse(
    readFileSync(join(user, "node_modules/lanewise/package.json"), "utf8"),
  );
  expect(dependencies).toEqual({});
  expect(Object.keys(scripts)).not.toContain("install");
  expect(Object.keys(scripts).filter((name) => /^(pre|post)install$/.test(name))).toEqual([]);
});

test("the package holds dist/, the licences and the README, and nothing else", () => {
  const outside = packed.files.map(({ path }) => path).filter((path) => !path.startsWith("dist/"));
  expect(outside.sort()).toEqual(["LICENSE-APACHE", "LICENSE-MIT", "README.md", "package.json"]);
  expect(packed.files.map(({ path }) => path)).toContain("dist/THIRD-PARTY");
});

test("the installed package loads, and its command line says how to use it", () => {
  writeFileSync(join(user, "main.js"), 'import { load } from "lanewise";\nconsole.log(typeof load);\n');
  expect(run(user, process.execPath, "main.js")).toBe("function\n");
  expect(run(user, "npm", "exec", "--offline", "--", "lanewise", "--help")).toContain("Usage: lanewise");
});
