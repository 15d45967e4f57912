import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AbortedError, FormatError, LimitError } from "../../tensor/errors.ts";
import { checkLocation, loadExternalData, tensorsOf } from "./external.ts";
import type { ExternalData } from "./external-data.ts";
import { fileExternalData } from "./file-external-data.ts";
import { memoryExternalData } from "./memory-external-data.ts";
import { readModel } from "./model.ts";
import type { ModelProto, TensorProto } from "./schema.ts";
import { decodeTensor } from "./tensor.ts";
import { numbersOf, testBytes, testJson, testPath } from "./testdata/read.ts";

const part = "weights/part one.bin";
const inMemory = () =>
  memoryExternalData({ [part]: testBytes(`external/${part}`), "top.bin": testBytes("external/top.bin") });
const { proto: model } = readModel(testBytes("external/model.onnx"));

/** The model with other entries for the external data of its one initializer, and nothing else. */
function placed(entries: Record<string, string>, fields: Partial<TensorProto> = {}): ModelProto {
  const [initializer] = model.graph!.initializer;
  const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
  const tensor = { ...initializer!, externalData, ...fields };
  return { ...model, functions: [], graph: { ...model.graph!, node: [], initializer: [tensor] } };
}

describe("loadExternalData", () => {
  const expected = testJson<Record<string, number[]>>("external/model.json");

  test.each([
    ["memory", inMemory()],
    ["files", fileExternalData(testPath("external/model.onnx"))],
  ])("reads initializers, attributes, subgraphs and functions from %s", async (_, source) => {
    const loaded = await loadExternalData(model, source);
    const tensors = [...tensorsOf(model)];
    expect(tensors.map(({ name }) => name)).toEqual(["w", "attribute", "inner", "inner", "in function"]);
    for (const tensor of tensors) expect(numbersOf(decodeTensor(tensor, loaded))).toEqual(expected[tensor.name]);
  });

  test("reads a shared place once and tells its progress", async () => {
    const steps: [number, number][] = [];
    const reads: string[] = [];
    const source = inMemory();
    const counting: ExternalData = {
      read(location, offset, length) {
        reads.push(`${location} ${offset} ${length}`);
        return source.read(location, offset, length);
      },
    };
    const onProgress = (p: { loadedBytes: number; totalBytes: number }) => steps.push([p.loadedBytes, p.totalBytes]);
    await loadExternalData(model, counting, { onProgress });
    expect(reads).toEqual([`${part} 4 48`, "top.bin 0 12", `${part} 52 40`]);
    expect(steps).toEqual([
      [48, 100],
      [60, 100],
      [100, 100],
    ]);
  });

  test("stops when it is aborted", async () => {
    const loading = loadExternalData(model, inMemory(), { signal: AbortSignal.abort("enough") });
    await expect(loading).rejects.toThrow(AbortedError);
    await expect(loading).rejects.toMatchObject({ cause: "enough" });
  });

  test("checks the total before it reads", async () => {
    const never: ExternalData = { read: () => Promise.reject(new Error("read")) };
    await expect(loadExternalData(model, never, { limits: { maxBytes: 99 } })).rejects.toThrow(LimitError);
  });

  const cases: [string, Record<string, string>, RegExp][] = [
    ["no location", { offset: "4" }, /"w" lies in an external file but names no location/],
    ["a location outside", { location: "../w.bin" }, /Tensor "w" names external data at "\.\.\/w\.bin"/],
    ["a negative offset", { location: part, offset: "-4" }, /external offset "-4"/],
    ["an offset beyond 2^53", { location: part, offset: "9007199254740993" }, /external offset "9007199254740993"/],
    ["an offset that is no number", { location: part, offset: "0x4" }, /external offset "0x4"/],
    ["a length that does not fit", { location: part, length: "40" }, /needs 48 bytes, but 40 are named/],
    ["a place past the end", { location: part, offset: "60" }, /bytes 60 to 108 .*has only 92/],
    ["an offset far past the end", { location: part, offset: "9007199254740991" }, /has only 92/],
    ["a file that is not there", { location: "gone.bin" }, /"gone\.bin"/],
  ];
  describe.each([
    ["memory", inMemory()],
    ["files", fileExternalData(testPath("external/model.onnx"))],
  ])("refuses, from %s,", (_, source) => {
    test.each(cases)("%s", async (_, entries, message) => {
      const loading = loadExternalData(placed(entries), source);
      await expect(loading).rejects.toThrow(FormatError);
      await expect(loading).rejects.toThrow(message);
    });
  });

  test("refuses giant shapes against the size of the file, before it allocates", async () => {
    const giant = placed({ location: part }, { dims: [2 ** 30] });
    const loading = loadExternalData(giant, fileExternalData(testPath("external/model.onnx")));
    await expect(loading).rejects.toThrow(/bytes 0 to 4294967296 .*has only 92/);
  });

  test("refuses external strings", async () => {
    await expect(loadExternalData(placed({ location: part }, { dataType: 8 }), inMemory())).rejects.toThrow(/strings/);
  });
});

describe("checkLocation", () => {
  test.each([
    ["w.bin", "w.bin"],
    ["a/b/w.bin", "a/b/w.bin"],
    ["./a//w.bin", "a/w.bin"],
    ["layer..0/w", "layer..0/w"],
    ["dense/kernel:0", "dense/kernel:0"],
  ])("accepts %s", (location, normal) => {
    expect(checkLocation(location)).toBe(normal);
  });

  test.each([
    "",
    ".",
    "./",
    "/etc/passwd",
    "//host/share",
    "../w",
    "a/../../w",
    "a/..",
    "..",
    "C:w",
    "c:/w",
    "\\w",
    "a\\..\\w",
    "..\\w",
    "http://host/w",
    "file:w",
    "data:,w",
    "w\0.bin",
  ])("refuses %j", (location) => {
    expect(() => checkLocation(location)).toThrow(FormatError);
    expect(() => checkLocation(location)).toThrow(/relative locations/);
  });
});

describe("fileExternalData", () => {
  let folder = "";
  const at = (...steps: string[]) => join(folder, ...steps);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "lanewise-external-"));
    await mkdir(at("model/sub"), { recursive: true });
    await mkdir(at("model-2"));
    await mkdir(at("cache"));
    await writeFile(at("model/m.onnx"), "");
    await writeFile(at("model/sub/in.bin"), "inside");
    await writeFile(at("model-2/out.bin"), "outside");
    await symlink("sub/in.bin", at("model/link-in.bin"));
    await symlink("../model-2/out.bin", at("model/link-out.bin"));
    await symlink("../model-2", at("model/folder-out"));
    await symlink("nowhere", at("model/dangling.bin"));
    await symlink("model", at("alias"));
    await writeFile(at("cache/0a1b"), "");
    await writeFile(at("cache/2c3d"), "cached");
    await mkdir(at("snapshot"));
    await symlink("../cache/0a1b", at("snapshot/m.onnx"));
    await symlink("../cache/2c3d", at("snapshot/m.onnx.data"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const read = async (model: string, location: string, offset = 0, length?: number) =>
    new TextDecoder().decode((await fileExternalData(at(model)).read(location, offset, length)) as Uint8Array);

  test("reads ranges, of linked files inside the folder too", async () => {
    expect(await read("model/m.onnx", "sub/in.bin")).toBe("inside");
    expect(await read("model/m.onnx", "sub/in.bin", 2, 3)).toBe("sid");
    expect(await read("model/m.onnx", "sub/in.bin", 6)).toBe("");
    expect(await read("model/m.onnx", "link-in.bin", 4)).toBe("de");
  });

  test("takes a folder that is itself a link", async () => {
    expect(await read("alias/m.onnx", "sub/in.bin")).toBe("inside");
  });

  test("follows a model that is a link into a cache, and its data beside it", async () => {
    expect(await read("snapshot/m.onnx", "m.onnx.data")).toBe("cached");
  });

  test.each([
    ["a link that leads out", "link-out.bin", /is a link to ".*model-2.*outside the folder/],
    ["a linked folder that leads out", "folder-out/out.bin", /outside the folder/],
    ["a link that leads nowhere", "dangling.bin", /is missing/],
    ["a missing file", "gone.bin", /is missing: there is no ".*gone\.bin"/],
    ["a file below a file", "m.onnx/x", /is missing/],
    ["a folder", "sub", /not a regular file/],
    ["a path out of the folder", "../model-2/out.bin", /\.\./],
  ])("refuses %s", async (_, location, message) => {
    await expect(read("model/m.onnx", location)).rejects.toThrow(FormatError);
    await expect(read("model/m.onnx", location)).rejects.toThrow(message);
  });

  test("names the file when the system refuses", async () => {
    const loading = read("nowhere/m.onnx", "w.bin");
    await expect(loading).rejects.toThrow(FormatError);
    await expect(loading).rejects.toThrow(/Cannot read the external file "w\.bin" of ".*nowhere.*ENOENT/);
  });

  test("refuses ranges past the end", async () => {
    await expect(read("model/m.onnx", "sub/in.bin", 4, 3)).rejects.toThrow(/bytes 4 to 7 .*has only 6/);
    await expect(read("model/m.onnx", "sub/in.bin", 7)).rejects.toThrow(/has only 6/);
  });
});
