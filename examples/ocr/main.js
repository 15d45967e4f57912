// @ts-check
import { mkdir } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { load } from "lanewise";
import { drawBoxes, writePicture } from "./draw.js";
import { messageOf, UserError } from "./errors.js";
import { disposeModels, loadModels } from "./models.js";
import { HELP, readOptions } from "./options.js";
import { readPicture } from "./picture.js";
import { createProgress } from "./progress.js";
import { readText, timed } from "./read-text.js";
import { report } from "./report.js";

/** @import { Options } from "./options.js" */
/** @import { Line, Picture } from "./types.js" */

const HERE = dirname(fileURLToPath(import.meta.url));
const SAMPLE = join(HERE, "pictures", "sample.png");

/**
 * @param {Options} options
 * @param {(message: string) => void} show tells what is being done
 */
async function demo(options, show) {
  const path = options.picture ?? relative(process.cwd(), SAMPLE);
  if (options.output && resolve(options.output) === resolve(path)) {
    throw new UserError(`--output names the picture itself, ${path}: name another file.`, { exitCode: 2 });
  }
  show(`reading ${path}`);
  const { result: picture, ms: readMs } = await timed(() => readPicture(path));
  const { result: models, ms: loadMs } = await timed(() => loadModels(load, show));
  try {
    const { lines, leftOut, stages } = await readText(picture, models.sessions, models.characters, {
      side: options.side,
      onProgress: show,
    });
    const output = options.output ?? (options.json ? undefined : await defaultOutput(path));
    const { ms: drawMs } = await timed(() => (output ? draw(output, picture, lines, show) : undefined));
    if (options.json) return JSON.stringify(lines);
    const before = [
      { name: "picture", ms: readMs },
      { name: "load models", ms: loadMs },
    ];
    const all = [...before, ...stages, { name: "drawing", ms: drawMs }];
    const text = report({ name: path, picture, lines, leftOut, stages: all });
    return `${text}\n\nThe picture with the boxes drawn: ${output}`;
  } finally {
    disposeModels(models.sessions);
  }
}

/**
 * @param {string} output
 * @param {Picture} picture
 * @param {readonly Line[]} lines
 * @param {(message: string) => void} show
 */
async function draw(output, picture, lines, show) {
  show("drawing the boxes");
  const boxes = lines.map(({ box }) => box);
  await writePicture(output, drawBoxes(picture, boxes));
}

/** @param {string} path */
async function defaultOutput(path) {
  const folder = join(HERE, "out");
  await mkdir(folder, { recursive: true });
  return relative(process.cwd(), join(folder, `${basename(path, extname(path))}-boxes.png`));
}

/** @param {unknown} error */
function fail(error) {
  console.error(process.env.DEBUG ? error : messageOf(error));
  process.exitCode = error instanceof UserError ? error.exitCode : 1;
}

const progress = createProgress(process.stderr);
try {
  const options = readOptions(process.argv.slice(2));
  const text = options.help ? HELP : await demo(options, progress.show);
  progress.clear();
  console.log(text);
} catch (error) {
  progress.clear();
  fail(error);
}
