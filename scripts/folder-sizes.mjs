// Prints lines per folder, so that growth is noticed, and fails on a source file that is too long to read at once.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const maxLines = 400;

/**
 * Data tables that may be longer: one row a line, nothing else in the file. Path -> why.
 * @type {Record<string, string>}
 */
export const exempt = {};

const roots = ["src", "test", "scripts", "examples", "bench"];
const isCode = (/** @type {string} */ path) => /\.(ts|mjs|js)$/.test(path);
const isTest = (/** @type {string} */ path) => /\.test\.(ts|mjs|js)$|^test\/|\/testdata\//.test(path);

/**
 * @typedef {{ files: number, lines: number, testLines: number, longest: number }} FolderSize
 * @param {string} root the checkout
 * @param {Record<string, string>} [exemptions]
 * @returns {{ folders: Map<string, FolderSize>, problems: string[] }}
 */
export function folderSizes(root, exemptions = exempt) {
  /** @type {Map<string, FolderSize>} */
  const folders = new Map();
  /** @type {string[]} */
  const problems = [];
  for (const path of codeFiles(root)) {
    const lines = countLines(readFileSync(join(root, path), "utf8"));
    const folder = path.split("/").slice(0, -1).slice(0, 2).join("/");
    const size = folders.get(folder) ?? { files: 0, lines: 0, testLines: 0, longest: 0 };
    folders.set(folder, size);
    size.files += 1;
    if (isTest(path)) {
      size.testLines += lines;
      continue;
    }
    size.lines += lines;
    size.longest = Math.max(size.longest, lines);
    if (lines > maxLines && exemptions[path] === undefined) {
      problems.push(`${path} has ${lines} lines, ${maxLines} at most: split it by what its parts are about.`);
    }
  }
  for (const path of Object.keys(exemptions)) {
    const full = join(root, path);
    if (existsSync(full) && countLines(readFileSync(full, "utf8")) > maxLines) continue;
    problems.push(`${path} is exempt from the limit of ${maxLines} lines but does not need it: drop the exemption.`);
  }
  return { folders, problems };
}

/** @param {string} text */
function countLines(text) {
  if (text === "") return 0;
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

/** @param {string} root */
function codeFiles(root) {
  return roots
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => filesBelow(root, folder))
    .filter(isCode)
    .sort();
}

/**
 * The files below a folder of the checkout. Links are not followed: installed packages link back to the checkout.
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(root, path);
    return entry.isFile() ? [path] : [];
  });
}

/** @param {Map<string, FolderSize>} folders */
function table(folders) {
  const rows = [...folders].map(([folder, size]) => [folder, size.files, size.lines, size.testLines, size.longest]);
  const sum = (/** @type {number} */ column) => rows.reduce((total, row) => total + Number(row[column]), 0);
  const all = ["total", sum(1), sum(2), sum(3), Math.max(0, ...rows.map((row) => Number(row[4])))];
  return [["folder", "files", "lines", "tests", "longest"], ...rows, all]
    .map(([name, ...numbers]) => String(name).padEnd(24) + numbers.map((n) => String(n).padStart(9)).join(""))
    .join("\n");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { folders, problems } = folderSizes(fileURLToPath(new URL("..", import.meta.url)));
  console.log(table(folders));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
