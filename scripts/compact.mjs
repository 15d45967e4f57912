// Makes bundled JavaScript smaller than one minifier does.
import * as esbuild from "esbuild";
import { minifySync } from "rolldown/utils";

/**
 * The same module in fewer bytes. Lines stay short, as engines print the whole line of an error that nobody catches.
 * @param {string} name for messages
 * @param {string} text an ECMAScript module
 * @param {string} target the language version, such as "es2022"
 * @returns {Promise<string>}
 */
export async function compact(name, text, target) {
  const { code, errors } = minifySync(name, text, { module: true, compress: { target }, mangle: { toplevel: true } });
  if (errors.length > 0)
    throw new Error(`${name} cannot be minified: ${errors.map(({ message }) => message).join("; ")}`);
  const short = await esbuild.transform(code, {
    target,
    format: "esm",
    minify: true,
    lineLimit: 8000,
    legalComments: "none",
    charset: "utf8",
  });
  return short.code;
}
