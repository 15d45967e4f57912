// Checks the imports of src/ against the table below: each folder imports only the folders it lists, so cycles between
// folders cannot form. Also: no cycle between files at run time, no import without its extension, no undeclared
// package, and no static import of a Node module where browsers have to load the file.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";

/**
 * What each entry of src/ may import: `folders` beside itself, and `packages` that are bundled. "any" lifts the rule,
 * and with it the one against static imports of Node modules.
 * @type {Record<string, { folders: readonly string[] | "any", packages: readonly string[] | "any" }>}
 */
export const importTable = {
  tensor: { folders: [], packages: ["fflate"] },
  graph: { folders: ["tensor"], packages: [] },
  ir: { folders: ["tensor"], packages: [] },
  ops: { folders: ["tensor", "graph", "ir"], packages: [] },
  formats: { folders: ["tensor", "graph", "ops"], packages: [] },
  passes: { folders: ["tensor", "graph", "ops"], packages: [] },
  kernels: { folders: ["tensor", "ir", "ops"], packages: [] },
  plan: { folders: ["tensor", "graph", "ir", "ops", "kernels"], packages: [] },
  codegen: { folders: ["tensor", "ir"], packages: [] },
  runtime: { folders: ["tensor", "graph", "ops", "ir", "plan", "kernels", "codegen"], packages: [] },
  api: { folders: "any", packages: [] },
  cli: { folders: "any", packages: "any" },
  "index.ts": { folders: "any", packages: [] },
};

/** Folders of codegen/ that hold one instruction set each; none of them imports another. */
export const isaFolders = ["wasm", "x64", "arm64", "wgsl"];

/** @typedef {{ specifier: string, line: number, typeOnly: boolean, dynamic: boolean }} Import */

/** Tests, and what only tests use: both may import anything. */
const isTest = (/** @type {string} */ path) => /\.test\.ts$|(^|\/)testdata\//.test(path);
const isRelative = (/** @type {string} */ specifier) => /^\.{1,2}\//.test(specifier);

/**
 * The imports, re-exports, `import()` calls and `import()` types of one TypeScript file, in source order.
 * @param {string} path
 * @param {string} text
 * @returns {Import[]}
 */
export function importsOf(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  /** @type {Import[]} */
  const found = [];
  /** @type {(node: ts.Node | undefined, typeOnly: boolean, dynamic: boolean) => void} */
  const add = (node, typeOnly, dynamic) => {
    if (node === undefined || !ts.isStringLiteralLike(node)) return;
    const { line } = file.getLineAndCharacterOfPosition(node.pos);
    found.push({ specifier: node.text, line: line + 1, typeOnly, dynamic });
  };
  /** @type {(node: ts.Node) => void} */
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword, false);
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly, false);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false, true);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/**
 * Why `specifier` in the src-relative file `from` breaks a rule, or undefined when it is allowed.
 * @param {string} from
 * @param {Import} found
 * @returns {string | undefined}
 */
function violation(from, found) {
  const { specifier } = found;
  if (isRelative(specifier) && !/\.(ts|json)$/.test(specifier)) {
    return `"${specifier}" has no extension: write the file's name with ".ts".`;
  }
  if (isTest(from)) return undefined;
  const entry = from.split("/")[0] ?? from;
  const rule = importTable[entry];
  if (rule === undefined) {
    return `"${entry}" is not in the import table: declare it in scripts/check-imports.mjs, or move the file.`;
  }
  return isRelative(specifier) ? folderViolation(from, entry, rule, specifier) : packageViolation(entry, rule, found);
}

/**
 * @param {string} from
 * @param {string} entry
 * @param {{ folders: readonly string[] | "any" }} rule
 * @param {string} specifier
 */
function folderViolation(from, entry, rule, specifier) {
  const to = posix.normalize(posix.join(posix.dirname(from), specifier));
  const [target = to, inner] = to.split("/");
  if (isTest(to)) return `"${specifier}" is for tests: only tests import it.`;
  if (rule.folders === "any") return undefined;
  const isa = from.split("/")[1] ?? "";
  if (entry === "codegen" && target === "codegen" && isaFolders.includes(isa)) {
    if (inner === isa || !isaFolders.includes(inner ?? "")) return undefined;
    return `"${specifier}" reaches from codegen/${isa} into codegen/${inner}: put what they share in codegen/ or ir/.`;
  }
  if (target === entry || rule.folders.includes(target)) return undefined;
  const allowed = rule.folders.length === 0 ? "no other folder" : rule.folders.join(", ");
  return `"${specifier}" reaches into ${target}: ${entry} may import ${allowed}.`;
}

/**
 * @param {string} entry
 * @param {{ folders: readonly string[] | "any", packages: readonly string[] | "any" }} rule
 * @param {Import} found
 */
function packageViolation(entry, rule, { specifier, typeOnly, dynamic }) {
  if (rule.packages === "any" || typeOnly) return undefined;
  if (specifier.startsWith("node:")) {
    if (dynamic) return undefined;
    return `"${specifier}" is imported statically: browsers load ${entry}, so use "await import" inside a function.`;
  }
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  if (rule.packages.includes(name)) return undefined;
  const allowed = rule.packages.length === 0 ? "no package" : rule.packages.join(", ");
  return `"${specifier}" is not declared: ${entry} may import ${allowed} (scripts/check-imports.mjs).`;
}

/**
 * The first cycle of each strongly connected group of files, as "a.ts -> b.ts -> a.ts".
 * @param {Map<string, string[]>} edges
 */
function fileCycles(edges) {
  /** @type {string[]} */
  const cycles = [];
  /** @type {Map<string, "open" | "done">} */
  const state = new Map();
  /** @type {string[]} */
  const path = [];
  /** @type {(file: string) => void} */
  const walk = (file) => {
    state.set(file, "open");
    path.push(file);
    for (const next of edges.get(file) ?? []) {
      if (state.get(next) === "open") cycles.push([...path.slice(path.indexOf(next)), next].join(" -> "));
      else if (!state.has(next)) walk(next);
    }
    path.pop();
    state.set(file, "done");
  };
  for (const file of edges.keys()) if (!state.has(file)) walk(file);
  return cycles;
}

/**
 * Every violation below `root`, one sentence each that names file and line. `root` holds what src/ holds.
 * @param {string} root
 * @returns {{ files: number, imports: number, problems: string[] }}
 */
export function checkImports(root) {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && statSync(join(root, path)).isFile())
    .map((path) => path.split(sep).join("/"))
    .sort();
  /** @type {string[]} */
  const problems = [];
  /** @type {Map<string, string[]>} */
  const edges = new Map();
  let imports = 0;
  for (const from of files) {
    const found = importsOf(from, readFileSync(join(root, from), "utf8"));
    imports += found.length;
    for (const one of found) {
      const reason = violation(from, one);
      if (reason !== undefined) problems.push(`${from}:${one.line}: ${reason}`);
    }
    const runtime = found.filter((one) => isRelative(one.specifier) && !one.typeOnly && !one.dynamic);
    edges.set(
      from,
      runtime.map((one) => posix.normalize(posix.join(posix.dirname(from), one.specifier))),
    );
    const entry = from.split("/")[0] ?? from;
    if (importTable[entry] === undefined && found.length === 0 && !isTest(from)) {
      problems.push(`${from}:1: "${entry}" is not in the import table: declare it in scripts/check-imports.mjs.`);
    }
  }
  for (const cycle of fileCycles(edges)) problems.push(`import cycle: ${cycle}`);
  return { files: files.length, imports, problems };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const src = fileURLToPath(new URL("../src", import.meta.url));
  const { files, imports, problems } = checkImports(src);
  for (const problem of problems) console.error(`${relative(process.cwd(), src)}/${problem}`);
  console.log(`imports: ${imports} in ${files} files, ${problems.length} against the table`);
  if (problems.length > 0) process.exitCode = 1;
}
