// @ts-check
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import wavefile from "wavefile";

/** @import { Span } from "./spans.js" */

const MAIN = fileURLToPath(new URL("main.js", import.meta.url));
/** Where make.py put the sentences. */
const WRITTEN = /** @type {Span[]} */ (JSON.parse(readFileSync(new URL("expected.json", import.meta.url), "utf8")));
const TOLERANCE = 0.15;

const scratch = mkdtempSync(join(tmpdir(), "lanewise-vad-"));
after(() => rmSync(scratch, { recursive: true }));

/** @param {string[]} args */
function run(...args) {
  const env = { ...process.env, DEBUG: "" };
  const { stdout, stderr, status } = spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8", env });
  return { stdout, stderr, status };
}

/**
 * @param {string} name
 * @param {string | Uint8Array} content
 */
function scratchFile(name, content) {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
}

test("each sentence of the sample is one span", () => {
  const { stdout, stderr, status } = run("--json");
  assert.deepEqual({ stderr, status }, { stderr: "", status: 0 });
  /** @type {Span[]} */
  const spans = JSON.parse(stdout);
  assert.equal(spans.length, WRITTEN.length);
  for (const [i, { start, end }] of spans.entries()) {
    assert.ok(Math.abs(start - WRITTEN[i].start) < TOLERANCE, `span ${i} starts at ${start}, not ${WRITTEN[i].start}`);
    assert.ok(Math.abs(end - WRITTEN[i].end) < TOLERANCE, `span ${i} ends at ${end}, not ${WRITTEN[i].end}`);
  }
});

test("without --json there is a line for each span", () => {
  const { stdout, status } = run();
  assert.equal(status, 0);
  assert.equal(stdout.match(/ s to /g)?.length, WRITTEN.length);
});

test("silence holds no speech", () => {
  const wav = new wavefile.WaveFile();
  wav.fromScratch(1, 16_000, "16", new Int16Array(16_000));
  const path = scratchFile("silence.wav", wav.toBuffer());
  assert.deepEqual(run(path, "--json"), { stdout: "[]\n", stderr: "", status: 0 });
  assert.match(run(path).stdout, /No speech found\./);
});

test("bad input is one line on stderr", () => {
  const cases = /** @type {const} */ ([
    [join(scratch, "nowhere.wav"), /nowhere\.wav: there is no such file/],
    [scratch, /it is a folder\. Name one WAV file/],
    [scratchFile("empty.wav", ""), /expected a WAV file, but the file is empty/],
    [scratchFile("text.wav", "hello there"), /expected a WAV file, but it does not begin like one/],
    [
      scratchFile("cut.wav", readFileSync(new URL("speech.wav", import.meta.url)).subarray(0, 40)),
      /expected a WAV file with a sound header/,
    ],
  ]);
  for (const [file, message] of cases) {
    const { stdout, stderr, status } = run(file, "--json");
    assert.match(stderr, message);
    assert.deepEqual(
      { stdout, lines: stderr.trimEnd().split("\n").length, status },
      { stdout: "", lines: 1, status: 1 },
    );
  }
});

test("wrong use exits with 2, and --help shows an example", () => {
  for (const args of [["--loud"], ["a.wav", "b.wav"]]) {
    const { stderr, status } = run(...args);
    assert.match(stderr, /^Wrong use of the command line: .*\n$/);
    assert.equal(status, 2);
  }
  assert.match(run("--help").stdout, /node main\.js speech\.wav/);
});
