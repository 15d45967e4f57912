// @ts-check
import { parseArgs } from "node:util";
import { DEFAULT_SIDE } from "./detect.js";
import { messageOf, UserError } from "./errors.js";

export const HELP = `Finds and reads the text in a picture.

Usage: npm run demo -- [PICTURE] [options]

  PICTURE         a PNG or JPEG file; the sample beside this program if left out
  --json          print only [{text, confidence, box}]; box: 4 corners, clockwise from the top left of the text
  --output FILE   where the copy with the boxes drawn goes (.png or .jpg); with --json it is only made if asked for
  --side PIXELS   shrink larger pictures to this longest side to find the text (default ${DEFAULT_SIDE}); more finds smaller print
  --help          show this

Example: npm run demo -- examples/ocr/pictures/receipt.jpg --output receipt-boxes.png
DEBUG=1 shows where in the program an error arose.`;

/**
 * @typedef {object} Options
 * @property {string} [picture]
 * @property {boolean} json
 * @property {string} [output]
 * @property {number} [side]
 * @property {boolean} help
 */

/**
 * Reads the command line.
 * @param {string[]} args
 * @returns {Options}
 */
export function readOptions(args) {
  const { values, positionals } = parse(args);
  const [picture, extra] = positionals;
  if (extra !== undefined) throw wrongUsage(`expected one picture, got "${picture}" and "${extra}"`);
  const { json = false, help = false, output } = values;
  if (output !== undefined && !/\.(png|jpe?g)$/i.test(output)) {
    throw wrongUsage(`--output expects a file name that ends in .png or .jpg, got "${output}"`);
  }
  return {
    json,
    help,
    ...(picture !== undefined && { picture }),
    ...(output !== undefined && { output }),
    ...(values.side !== undefined && { side: readSide(values.side) }),
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
        output: { type: "string", short: "o" },
        side: { type: "string" },
      },
    });
  } catch (error) {
    const [sentence = ""] = messageOf(error).split(". ");
    throw wrongUsage(sentence.replaceAll("\n", " "));
  }
}

/** @param {string} text */
function readSide(text) {
  const side = Number(text);
  if (!Number.isInteger(side) || side < 32 || side > 4096) {
    throw wrongUsage(`--side expects a whole number of pixels from 32 to 4096, got "${text}"`);
  }
  return side;
}

/** @param {string} what */
function wrongUsage(what) {
  return new UserError(`Wrong use of the command line: ${what}. "npm run demo -- --help" lists the options.`, {
    exitCode: 2,
  });
}
