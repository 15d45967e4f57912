// @ts-check

/** @param {string | undefined} text */
export const listOption = (text) => (text === undefined ? undefined : text.split(",").filter((part) => part !== ""));

/**
 * @param {string} name
 * @param {string | undefined} text
 * @returns {number | undefined}
 */
export function wholeOption(name, text) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`--${name} ${text}: expected a whole number of 1 or more.`);
  return value;
}

/**
 * The command that made some figures, as one would type it in this folder; files by their names alone.
 * @param {string} script
 */
export function commandUsed(script) {
  const words = process.argv
    .slice(2)
    .map((word) => (word.includes("/") ? word.slice(word.lastIndexOf("/") + 1) : word));
  return ["node", script, ...words].join(" ");
}

/**
 * Ends with exit code 2 for options that cannot be understood; passes on what else went wrong.
 * @param {unknown} error
 * @param {string} help
 */
export function failUsage(error, help) {
  const isUsage = error instanceof RangeError || String(/** @type {any} */ (error)?.code).startsWith("ERR_PARSE_ARGS");
  if (!isUsage) throw error;
  console.error(`${/** @type {Error} */ (error).message}\n\n${help}`);
  process.exitCode = 2;
}
