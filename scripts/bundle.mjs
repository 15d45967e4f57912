// The JavaScript of dist/: src/index.ts and src/cli/main.ts, sharing chunks, for every runtime at once.
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { join, posix } from "node:path";
import * as esbuild from "esbuild";
import { compact } from "./compact.mjs";
import { plainDestructuring } from "./plain-destructuring.mjs";
import { withoutExamples } from "./without-examples.mjs";

/**
 * Lets bundled CommonJS packages `require` Node's modules in ESM output, which has no `require`.
 * @type {esbuild.Plugin}
 */
const requiredBuiltins = {
  name: "required-builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?[a-z0-9_/]+$/ }, ({ path, kind }) => {
      const name = path.replace(/^node:/, "");
      if (!builtinModules.includes(name)) return undefined;
      if (kind === "require-call") return { path: `node:${name}`, namespace: "required-builtin" };
      return { path: `node:${name}`, external: true };
    });
    onLoad({ filter: /.*/, namespace: "required-builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

/**
 * Stands in for what packages of the command line could use and we do not want in the package: colours, which we
 * do not print, and a list of all emoji, of which the pattern of Unicode says as much.
 * @type {esbuild.Plugin}
 */
const standIns = {
  name: "stand-ins",
  setup({ onResolve, onLoad }) {
    const contents = new Map([
      ["@colors/colors/safe", "module.exports = {};"],
      ["./lib/encoder", "module.exports = undefined;"],
      ["emoji-regex", "module.exports = () => /\\p{Emoji_Presentation}|\\p{Extended_Pictographic}/gu;"],
    ]);
    onResolve({ filter: /^(@colors\/colors\/safe|emoji-regex|\.\/lib\/encoder)$/ }, ({ path }) => ({
      path,
      namespace: "stand-in",
    }));
    onLoad({ filter: /.*/, namespace: "stand-in" }, ({ path }) => ({ contents: contents.get(path) ?? "" }));
  },
};

/**
 * Reads our sources as the package has them.
 * @type {esbuild.Plugin}
 */
const sources = {
  name: "sources",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const isDeclaration = /[\\/]src[\\/](ops|passes)[\\/]/.test(path);
      return { contents: plainDestructuring(isDeclaration ? withoutExamples(text) : text), loader: "ts" };
    });
  },
};

/** The language that every runtime of the package has. */
const target = "es2022";

/**
 * Bundles the sources of `root` into `folder` and answers what went into each file.
 * @param {string} root
 * @param {string} folder
 * @returns {Promise<esbuild.Metafile>} paths of outputs are relative to `folder`, of inputs to `root`
 */
export async function bundle(root, folder) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { index: "src/index.ts", cli: "src/cli/main.ts" },
    outdir: folder,
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["main"],
    target,
    minifyWhitespace: true,
    minifySyntax: true,
    minifyIdentifiers: true,
    legalComments: "none",
    charset: "utf8",
    define: { LANEWISE_VERSION: JSON.stringify(version) },
    metafile: true,
    logLevel: "warning",
    plugins: [requiredBuiltins, standIns, sources],
  });
  const outputs = Object.entries(metafile.outputs).map(([path, output]) => [
    posix.relative(posix.relative(root, folder), path),
    { ...output, imports: output.imports.map((one) => (one.external ? one : relativeImport(root, folder, one))) },
  ]);
  const found = { inputs: metafile.inputs, outputs: Object.fromEntries(outputs) };
  checkCore(found);
  for (const name of Object.keys(found.outputs)) {
    const path = join(folder, name);
    await writeFile(path, await compact(name, await readFile(path, "utf8"), target));
  }
  return found;
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {esbuild.Metafile["outputs"][string]["imports"][number]} one
 */
function relativeImport(root, folder, one) {
  return { ...one, path: posix.relative(posix.relative(root, folder), one.path) };
}

/**
 * The output `entry` and every chunk that loads with it, without what is loaded on demand.
 * @param {esbuild.Metafile} metafile
 * @param {string} entry
 * @returns {string[]}
 */
export function staticChunks(metafile, entry) {
  const found = new Set([entry]);
  for (const name of found) {
    for (const one of metafile.outputs[name]?.imports ?? []) {
      if (one.kind === "import-statement" && !one.external) found.add(one.path);
    }
  }
  return [...found];
}

/**
 * Throws if loading the engine would load a module that browsers lack.
 * @param {esbuild.Metafile} metafile
 */
function checkCore(metafile) {
  for (const name of staticChunks(metafile, "index.js")) {
    const outside = metafile.outputs[name]?.imports.find((one) => one.kind === "import-statement" && one.external);
    if (outside === undefined) continue;
    const inputs = Object.keys(metafile.outputs[name]?.inputs ?? {}).slice(0, 5);
    throw new Error(
      `${name} loads "${outside.path}" together with index.js, which browsers cannot: it comes from one of ` +
        `${inputs.join(", ")}. Import that module with "await import" inside the function that needs it.`,
    );
  }
}
