// Writes dist/: the engine and the command line as split ESM chunks, type declarations, and the licences of everything
// bundled. All of it goes to a folder beside dist/ first, which then takes its name, so that no half-built dist/ is seen.
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { bundle, staticChunks } from "./bundle.mjs";
import { writeDeclarations } from "./declarations.mjs";
import { writeThirdParty } from "./third-party.mjs";

/** The whole package, unpacked, stays below this. */
export const maxPackageBytes = 1_100_000;

/**
 * Builds the checkout at `root` into `root`/dist, and says what it weighs.
 * @param {string} root
 * @returns {Promise<{ packageBytes: number, coreBytes: number, coreGzipBytes: number, packages: string[] }>}
 */
export async function build(root) {
  const folder = mkdtempSync(join(root, ".dist-"));
  try {
    const metafile = await bundle(root, folder);
    writeDeclarations(join(root, "src/index.ts"), join(folder, "types"));
    const packages = writeThirdParty(root, metafile, join(folder, "THIRD-PARTY"));
    makeExecutable(join(folder, "cli.js"));
    chmodSync(folder, 0o755);
    const core = Buffer.concat(staticChunks(metafile, "index.js").map((name) => readFileSync(join(folder, name))));
    const packageBytes = folderBytes(folder) + rootFileBytes(root);
    if (packageBytes >= maxPackageBytes) {
      throw new Error(
        `The package would be ${packageBytes} bytes, ${maxPackageBytes} at most: find what grew in the list of chunks ` +
          `(${sizes(folder)}).`,
      );
    }
    replaceFolder(folder, join(root, "dist"));
    return { packageBytes, coreBytes: core.length, coreGzipBytes: gzipSync(core).length, packages };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} script */
function makeExecutable(script) {
  const text = readFileSync(script, "utf8");
  if (!text.startsWith("#!")) writeFileSync(script, `#!/usr/bin/env node\n${text}`);
  chmodSync(script, 0o755);
}

/**
 * @param {string} from
 * @param {string} to
 */
function replaceFolder(from, to) {
  const old = `${from}-old`;
  if (existsSync(to)) renameSync(to, old);
  renameSync(from, to);
  rmSync(old, { recursive: true, force: true });
}

/** @param {string} folder */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}

/** @param {string} folder */
function folderBytes(folder) {
  return filesIn(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/**
 * The files beside dist/ that npm puts into the package.
 * @param {string} root
 */
function rootFileBytes(root) {
  return readdirSync(root)
    .filter((name) => name === "package.json" || /^(README|LICENSE)/.test(name))
    .reduce((sum, name) => sum + statSync(join(root, name)).size, 0);
}

/** @param {string} folder */
function sizes(folder) {
  return filesIn(folder)
    .map((name) => ({ name, bytes: statSync(join(folder, name)).size }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 8)
    .map(({ name, bytes }) => `${name} ${bytes}`)
    .join(", ");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const start = performance.now();
  const { packageBytes, coreBytes, coreGzipBytes, packages } = await build(
    fileURLToPath(new URL("..", import.meta.url)),
  );
  const kB = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  console.log(
    `dist/: package ${kB(packageBytes)} of ${kB(maxPackageBytes)}, core ${kB(coreBytes)} (${kB(coreGzipBytes)} gzip), ` +
      `${packages.length} packages bundled, ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
}
