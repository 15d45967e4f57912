// The .d.ts files of dist/: those that src/index.ts reaches, and no others.
import { dirname, join, relative } from "node:path";
import ts from "typescript";

/**
 * Writes the declarations that `entry` needs below `folder`, laid out as the sources are. Types are not checked here;
 * what a declaration cannot express is an error.
 * @param {string} entry
 * @param {string} folder
 */
export function writeDeclarations(entry, folder) {
  const root = dirname(entry);
  const configPath = ts.findConfigFile(root, ts.sys.fileExists);
  if (configPath === undefined) throw new Error(`No tsconfig.json above ${entry}: the declarations need its options.`);
  const { config } = ts.readConfigFile(configPath, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(configPath));
  const program = ts.createProgram([entry], {
    ...options,
    rootDir: root,
    outDir: folder,
    noEmit: false,
    noCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
  });
  /** @type {Map<string, string>} */
  const texts = new Map();
  const { diagnostics } = program.emit(undefined, (path, text) => texts.set(path, text), undefined, true);
  if (diagnostics.length > 0) {
    throw new Error(
      `No declarations for ${relative(process.cwd(), entry)}:\n` +
        ts.formatDiagnostics(diagnostics, {
          getCurrentDirectory: () => process.cwd(),
          getCanonicalFileName: (name) => name,
          getNewLine: () => "\n",
        }),
    );
  }
  for (const path of reachable(join(folder, "index.d.ts"), texts))
    ts.sys.writeFile(path, withTabs(texts.get(path) ?? ""));
}

/** The text with tabs where TypeScript indents by four spaces. */
const withTabs = (/** @type {string} */ text) =>
  text.replace(/^(?: {4})+/gm, (spaces) => "\t".repeat(spaces.length / 4));

/**
 * @param {string} first
 * @param {Map<string, string>} texts
 * @returns {Set<string>} the paths of `texts` that `first` imports, itself included
 */
function reachable(first, texts) {
  const found = new Set([first]);
  for (const path of found) {
    const text = texts.get(path);
    if (text === undefined) throw new Error(`Bug: TypeScript emitted no ${path}.`);
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      if (/^\.{1,2}\//.test(fileName)) found.add(join(dirname(path), fileName.replace(/\.(js|ts)$/, ".d.ts")));
    }
  }
  return found;
}
