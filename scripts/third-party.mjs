// The licences of the packages that are bundled into dist/.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Licences that may be bundled into a package under MIT OR Apache-2.0. */
const allowed = ["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "0BSD", "(Apache-2.0 AND BSD-3-Clause)"];

/**
 * Writes name, version, licence and licence text of every package with code in the outputs of `metafile`.
 * @param {string} root
 * @param {import("esbuild").Metafile} metafile
 * @param {string} file
 * @returns {string[]} "name@version" of each
 */
export function writeThirdParty(root, metafile, file) {
  const sections = [...bundledPackages(root, metafile)]
    .map(([folder, inputs]) => describe(folder, inputs))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const head = "lanewise contains code of these packages, each under its own licence.\n";
  writeFileSync(file, [head, ...grouped(sections)].join(`\n${"-".repeat(80)}\n`));
  return sections.map(({ id }) => id);
}

/** What begins the terms that all packages under the MIT licence share, word for word. */
const mitTerms = /Permission is hereby granted, free of charge,[\s\S]*$/;

/**
 * A text for each package; those whose terms are the same word for word have them once, after all their copyright lines.
 * @param {readonly { id: string, license: string, text: string }[]} sections
 * @returns {string[]}
 */
function grouped(sections) {
  /** @type {Map<string, { heads: string[], terms: string }>} */
  const groups = new Map();
  for (const { id, license, text } of sections) {
    const terms = text.match(mitTerms)?.[0] ?? "";
    const key = terms === "" ? id : terms.replace(/\s+/g, " ").trim();
    const group = groups.get(key) ?? { heads: [], terms };
    group.heads.push(`${id} (${license})\n\n${text.slice(0, text.length - terms.length).trim()}`);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ heads, terms }) => `${[...heads, terms.trim()].join("\n\n").trim()}\n`);
}

/**
 * @param {string} root
 * @param {import("esbuild").Metafile} metafile
 * @returns {Map<string, string[]>} package folder -> the files of it that left code in an output
 */
function bundledPackages(root, metafile) {
  /** @type {Map<string, string[]>} */
  const packages = new Map();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];
      if (folder === undefined || bytesInOutput === 0) continue;
      const files = packages.get(join(root, folder)) ?? [];
      packages.set(join(root, folder), [...files, join(root, path)]);
    }
  }
  return packages;
}

/**
 * @param {string} folder
 * @param {string[]} inputs
 */
function describe(folder, inputs) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const id = `${name}@${version}`;
  if (!allowed.includes(license)) {
    throw new Error(
      `${id} is under "${license}", which scripts/third-party.mjs does not list as fit to bundle (${allowed.join(", ")}).`,
    );
  }
  const text = licenceText(folder) ?? licenceHeaders(inputs);
  if (text === "") throw new Error(`${id} comes without a licence text: bundle another package, or ask its authors.`);
  return { id, license, text: text.trim() };
}

/** @param {string} folder */
function licenceText(folder) {
  const name = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  return name === undefined ? undefined : readFileSync(join(folder, name), "utf8");
}

/**
 * The distinct copyright comments at the top of `files`, for packages that keep their licence there. A reference to the
 * Apache License is followed by its text in LICENSE-APACHE.
 * @param {string[]} files
 */
function licenceHeaders(files) {
  const headers = files.map((file) => {
    const lines = readFileSync(file, "utf8").split("\n");
    const end = lines.findIndex((line) => !line.startsWith("//"));
    return lines
      .slice(0, end)
      .map((line) => line.replace(/^\/\/ ?/, ""))
      .join("\n");
  });
  const distinct = [...new Set(headers.filter((header) => /copyright/i.test(header)))];
  const apache = distinct.some((header) => header.includes("Apache License"));
  return [...distinct, ...(apache ? ["The text of the Apache License is in LICENSE-APACHE, beside dist/."] : [])].join(
    "\n\n",
  );
}
