// @ts-check
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encode } from "fast-png";
import { load } from "lanewise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { disposeModels, loadModels } from "./models.js";
import { readPicture } from "./picture.js";
import { readText } from "./read-text.js";

/** @import { Line, Picture } from "./types.js" */

const MAIN = fileURLToPath(new URL("main.js", import.meta.url));
const PICTURES = fileURLToPath(new URL("pictures/", import.meta.url));
/** @type {Record<string, string[]>} */
const EXPECTED = JSON.parse(readFileSync(join(PICTURES, "expected.json"), "utf8"));

const scratch = mkdtempSync(join(tmpdir(), "lanewise-ocr-"));
afterAll(() => rmSync(scratch, { recursive: true }));

describe("the text of each picture is read as written", () => {
  /** @type {Awaited<ReturnType<typeof loadModels>>} */
  let models;
  beforeAll(async () => {
    models = await loadModels(load);
  });
  afterAll(() => models && disposeModels(models.sessions));

  test.each(Object.entries(EXPECTED))("%s", async (file, expected) => {
    const picture = await readPicture(join(PICTURES, file));
    const { lines, leftOut } = await readText(picture, models.sessions, models.characters);
    expect(lines.map(({ text }) => text)).toEqual(expected);
    expect(leftOut).toBe(0);
    for (const line of lines) expectBoxWithin(line, picture);
  });
});

/**
 * @param {Line} line
 * @param {Picture} picture
 */
function expectBoxWithin({ box, confidence }, { width, height }) {
  expect(confidence).toBeGreaterThan(0.9);
  expect(confidence).toBeLessThanOrEqual(1);
  for (const [x, y] of box) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThanOrEqual(width);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y).toBeLessThanOrEqual(height);
  }
}

test("every picture has its text in expected.json", () => {
  expect(
    readdirSync(PICTURES)
      .filter((file) => /\.(png|jpg)$/.test(file))
      .sort(),
  ).toEqual(Object.keys(EXPECTED).sort());
});

/** @param {string[]} args */
function run(...args) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: "utf8",
    env: { ...process.env, DEBUG: "" },
  });
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

describe("the command line", () => {
  test("prints the lines, the stages and the picture that it made", () => {
    const output = join(scratch, "boxes.png");
    const { stdout, stderr, status } = run(join(PICTURES, "upside-down.png"), "--output", output);
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    for (const text of EXPECTED["upside-down.png"]) expect(stdout).toContain(text);
    for (const stage of ["load models", "detection", "direction", "recognition"]) expect(stdout).toContain(stage);
    expect(stdout).toContain(output);
    expect(readFileSync(output).subarray(1, 4).toString()).toBe("PNG");
  });

  test("--json prints only the lines", () => {
    const { stdout, status } = run(join(PICTURES, "upside-down.png"), "--json");
    /** @type {Line[]} */
    const lines = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(lines.map(({ text }) => text)).toEqual(EXPECTED["upside-down.png"]);
    expect(Object.keys(lines[0])).toEqual(["text", "confidence", "box"]);
    expect(lines[0].box.map((point) => point.length)).toEqual([2, 2, 2, 2]);
  });

  test("the box of upside-down text begins at the top left of the text", () => {
    const [{ box }] = JSON.parse(run(join(PICTURES, "upside-down.png"), "--json").stdout);
    const [topLeft, topRight, , bottomLeft] = box;
    expect(topLeft[0]).toBeGreaterThan(topRight[0]);
    expect(topLeft[1]).toBeGreaterThan(bottomLeft[1]);
  });

  test("a picture without text says so", () => {
    const blank = scratchFile(
      "blank.png",
      encode({ width: 64, height: 64, channels: 3, data: new Uint8Array(12288).fill(255) }),
    );
    expect(run(blank, "--json")).toEqual({ stdout: "[]\n", stderr: "", status: 0 });
    expect(run(blank, "--output", join(scratch, "blank-boxes.png")).stdout).toContain("No text found.");
  });

  const whole = readFileSync(join(PICTURES, "receipt.jpg"));
  const drawing = readFileSync(join(PICTURES, "dark.png"));
  test.each([
    ["a missing file", () => join(scratch, "nowhere.png"), /nowhere\.png: there is no such file/],
    ["a folder", () => scratch, /it is a folder\. Name one PNG or JPEG file/],
    ["an empty file", () => scratchFile("empty.png", ""), /expected a PNG or JPEG file, but the file is empty/],
    ["text", () => scratchFile("text.jpg", "hello there"), /it begins with the bytes 68 65 6c 6c 6f/],
    ["a broken JPEG", () => scratchFile("cut.jpg", whole.subarray(0, 9000)), /cut\.jpg: expected a whole JPEG file/],
    ["a broken PNG", () => scratchFile("cut.png", drawing.subarray(0, 9000)), /cut\.png: expected a whole PNG file/],
  ])("%s is one line on stderr", (_, file, message) => {
    const { stdout, stderr, status } = run(file(), "--json");
    expect(stderr).toMatch(message);
    expect({ stdout, lines: stderr.trimEnd().split("\n").length, status }).toEqual({ stdout: "", lines: 1, status: 1 });
  });

  test.each([
    [["--fast"], /Unknown option '--fast'/],
    [["a.png", "b.png"], /expected one picture, got "a\.png" and "b\.png"/],
    [["--output", "x.gif"], /ends in \.png or \.jpg, got "x\.gif"/],
    [["--side", "many"], /whole number of pixels from 32 to 4096, got "many"/],
    [["a.png", "--output", "a.png"], /--output names the picture itself/],
  ])("%j is wrong use", (args, message) => {
    const { stderr, status } = run(...args);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(status).toBe(2);
  });

  test("--help shows an example", () => {
    const { stdout, status } = run("--help");
    expect(stdout).toMatch(/npm run demo -- \S+\.jpg/);
    expect(status).toBe(0);
  });
});
