// @ts-check
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { load } from "lanewise";
import { readSpeech, SAMPLE_RATE } from "./audio.js";
import { messageOf, UserError } from "./errors.js";
import { createProgress } from "./progress.js";
import { findSpans } from "./spans.js";
import { CHUNK, speechProbabilities } from "./speech-probabilities.js";

/** @import { Span } from "./spans.js" */

const SAMPLE = join(dirname(fileURLToPath(import.meta.url)), "speech.wav");

const HELP = `Prints the spans of speech in a recording.

Usage: node main.js [FILE.wav] [--json] [--help]

  FILE.wav   any sample rate, channels and bit depth; the sample beside this program if left out
  --json     print only [{start, end}] in seconds
  --help     show this

Example: node main.js speech.wav --json
DEBUG=1 shows where in the program an error arose.`;

/** @param {string[]} args */
function readOptions(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    });
    if (positionals.length > 1) throw new Error(`expected one recording, got ${positionals.join(" and ")}`);
    return { json: values.json === true, help: values.help === true, file: positionals[0] };
  } catch (error) {
    const [sentence] = messageOf(error).split(". ");
    throw new UserError(`Wrong use of the command line: ${sentence}. "node main.js --help" lists the options.`, {
      exitCode: 2,
    });
  }
}

function modelPath() {
  try {
    const main = createRequire(import.meta.url).resolve("@ricky0123/vad-web");
    return join(dirname(main), "silero_vad_v5.onnx");
  } catch (cause) {
    throw new UserError(
      'Cannot find the model: expected the package "@ricky0123/vad-web" beside this program, but it is not installed. ' +
        'Run "npm ci" in examples/vad.',
      { cause },
    );
  }
}

/**
 * @param {{ json: boolean, file: string | undefined }} options
 * @param {(message: string) => void} show tells what is being done
 */
async function findSpeech({ json, file }, show) {
  const path = file ?? relative(process.cwd(), SAMPLE);
  show(`reading ${path}`);
  const samples = await readSpeech(path);
  show("loading the model");
  const model = await load(modelPath());
  try {
    const start = performance.now();
    const probabilities = await speechProbabilities(model, samples, (done, total) => {
      if (done % 10 === 0) show(`listening, ${((100 * done) / total).toFixed(0)} %`);
    });
    const ms = performance.now() - start;
    const duration = samples.length / SAMPLE_RATE;
    const spans = findSpans(probabilities, CHUNK / SAMPLE_RATE, duration);
    return json ? JSON.stringify(spans) : report(path, duration, spans, `${ms.toFixed(0)} ms on ${model.info.target}`);
  } finally {
    model.dispose();
  }
}

/**
 * @param {string} path
 * @param {number} duration
 * @param {readonly Span[]} spans
 * @param {string} work
 */
function report(path, duration, spans, work) {
  const lines = spans.map(({ start, end }) => `${start.toFixed(2).padStart(8)} s to ${end.toFixed(2).padStart(7)} s`);
  const found = spans.length === 0 ? "No speech found." : lines.join("\n");
  return `${path}, ${duration.toFixed(2)} s\n\n${found}\n\n${work}`;
}

const progress = createProgress(process.stderr);
try {
  const { help, ...options } = readOptions(process.argv.slice(2));
  const text = help ? HELP : await findSpeech(options, progress.show);
  progress.clear();
  console.log(text);
} catch (error) {
  progress.clear();
  console.error(process.env.DEBUG ? error : messageOf(error));
  process.exitCode = error instanceof UserError ? error.exitCode : 1;
}
