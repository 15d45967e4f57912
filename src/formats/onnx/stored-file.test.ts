import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { FormatError, LanewiseError, UsageError } from "../../tensor/errors.ts";
import { readAll } from "../../tensor/stored-bytes.ts";
import { readModel } from "./model.ts";
import { StoredFile } from "./stored-file.ts";
import { generator, mutate } from "./testdata/mutate.ts";
import { testBytes } from "./testdata/read.ts";

const seed = Number(process.env["LANEWISE_SEED"] ?? Date.now() % 2 ** 31);
const folder = mkdtempSync(join(tmpdir(), "lanewise-stored-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "file.bin");
const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const sizes = { windowBytes: 10, heldBytes: 8 };

async function opened(content: Uint8Array): Promise<StoredFile> {
  writeFileSync(path, content);
  return StoredFile.open(path, "The file", sizes);
}

describe("StoredFile", () => {
  test("reads small ranges at once, and large ones whenever they are asked for", async () => {
    const file = await opened(bytes);
    expect(file.length).toBe(1000);
    expect(file.bytes(3, 8)).toEqual(bytes.slice(3, 11));
    expect(file.hasRanges).toBe(false);
    const range = file.bytes(100, 300);
    expect(file.hasRanges).toBe(true);
    expect(range).not.toBeInstanceOf(Uint8Array);
    const part = new Uint8Array(5);
    if (!(range instanceof Uint8Array)) range.read(part, 290);
    expect(part).toEqual(bytes.slice(390, 395));
    if (!(range instanceof Uint8Array)) expect(readAll(range)).toEqual(bytes.slice(100, 400));
    file.close();
  });

  test.each([
    ["unlinked", () => unlinkSync(path)],
    [
      "replaced",
      () => {
        writeFileSync(`${path}.new`, "other");
        renameSync(`${path}.new`, path);
      },
    ],
  ])("goes on with a file that was %s", async (_, change) => {
    const file = await opened(bytes);
    change();
    expect(readAll({ length: 1000, read: (target, at) => file.read(target, at) })).toEqual(bytes);
    file.close();
  });

  test.each([
    ["appended to", () => appendFileSync(path, "x")],
    ["cut short", () => truncateSync(path, 500)],
    [
      "written anew",
      () => {
        writeFileSync(
          path,
          bytes.map((byte) => byte ^ 1),
        );
        utimesSync(path, 1, 2);
      },
    ],
  ])("refuses a file that was %s", async (_, change) => {
    const file = await opened(bytes);
    file.read(new Uint8Array(10), 0);
    change();
    expect(() => file.read(new Uint8Array(10), 0)).toThrow(FormatError);
    expect(() => file.read(new Uint8Array(10), 0)).toThrow(
      /^The file changed after it was opened.*Load the model again\.$/,
    );
    file.close();
  });

  test("is not read once it is closed, which may be twice", async () => {
    const file = await opened(bytes);
    file.close();
    file.close();
    expect(() => file.read(new Uint8Array(1), 0)).toThrow(UsageError);
  });
});

/** What reading comes to: all that it gives, with the bytes that stayed in a file, or the message of the error. */
function outcome(file: Uint8Array | StoredFile): unknown {
  try {
    return withBytes(readModel(file).proto);
  } catch (error) {
    if (error instanceof LanewiseError) return `${error.name}: ${error.message}`;
    throw error;
  }
}

function withBytes(value: unknown): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if ("read" in value && "length" in value) return readAll(value as StoredFile);
  if (Array.isArray(value)) return value.map(withBytes);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, withBytes(field)]));
}

test(`a file gives what its bytes give, damaged or not, seed ${seed}`, async () => {
  const random = generator(seed);
  let [read, refused] = [0, 0];
  for (const name of ["structure", "dtypes-raw", "dtypes-typed", "sparse", "external/model"]) {
    const whole = testBytes(`${name}.onnx`);
    for (let i = 0; i < 150; i++) {
      const content = i === 0 ? whole : mutate(whole, random);
      const expected = outcome(content);
      const file = await opened(content);
      expect(outcome(file), `${name}, mutant ${i}`).toEqual(expected);
      file.close();
      if (typeof expected === "string") refused++;
      else read++;
    }
  }
  expect(read).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(50);
});
