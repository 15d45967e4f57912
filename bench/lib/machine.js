// @ts-check
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { engineVersions } from "./engines.js";

/**
 * @typedef {object} Machine where and with what figures were made
 * @property {string} node version
 * @property {string} cpu
 * @property {string} os
 * @property {readonly string[]} features
 * @property {readonly string[]} targets that lanewise can use there
 * @property {Record<string, string>} versions
 * @property {string} commit of lanewise, "-dirty" behind it where files differ from it
 */

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** The command line of lanewise as it was built. */
export const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** Targets of other engines' kind: kernels for this processor, or WebAssembly. */
const compared = (/** @type {string} */ name) => /^(wasm|x64|arm64)-/.test(name);

/**
 * What a Node has to say about this machine.
 * @param {string} node the path of its executable
 * @returns {Machine}
 */
export function describeMachine(node = process.execPath) {
  const info = JSON.parse(execFileSync(node, [cli, "info", "--json"], { encoding: "utf8" }));
  const targets = info.targets.filter(
    (/** @type {{ name: string, available: boolean }} */ { name, available }) => available && compared(name),
  );
  return {
    node: info.runtime.replace(/^node /, ""),
    cpu: info.cpu,
    os: `${info.os} ${info.arch}`,
    features: info.features,
    targets: targets.map((/** @type {{ name: string }} */ { name }) => name),
    versions: engineVersions(),
    commit: commitOf(checkout),
  };
}

/** @param {string} folder */
function commitOf(folder) {
  const git = (/** @type {readonly string[]} */ ...args) =>
    execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const dirty = git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "-dirty";
    return git("rev-parse", "--short=12", "HEAD") + dirty;
  } catch {
    return "unknown";
  }
}
