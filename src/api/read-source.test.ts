import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelSource } from "../index.ts";
import { FormatError, LimitError, load, UsageError } from "../index.ts";
import { rejection, smallBytes, smallFeeds, smallResult } from "./testdata/models.ts";

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lanewise api #1%20-"));
  path = join(folder, "model.onnx");
  writeFileSync(path, smallBytes());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const streamOf = (...chunks: unknown[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk as Uint8Array);
      controller.close();
    },
  });
const arrayBufferOf = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer;

describe("the sources of a model", () => {
  const sources: [string, () => ModelSource][] = [
    ["a path", () => path],
    ["a relative path", () => relative(process.cwd(), path)],
    ["a file: URL", () => pathToFileURL(path)],
    ["a file: URL as text", () => pathToFileURL(path).href],
    ["a data: URL", () => `data:application/octet-stream;base64,${Buffer.from(smallBytes()).toString("base64")}`],
    ["a blob: URL", () => URL.createObjectURL(new Blob([arrayBufferOf(smallBytes())]))],
    ["a Uint8Array", smallBytes],
    ["a part of a larger buffer", () => Uint8Array.from([1, 2, 3, ...smallBytes()]).subarray(3)],
    ["a Buffer", () => Buffer.from(smallBytes())],
    ["an ArrayBuffer", () => arrayBufferOf(smallBytes())],
    ["a Blob", () => new Blob([arrayBufferOf(smallBytes())])],
    ["a File", () => new File([arrayBufferOf(smallBytes())], "model.onnx")],
    ["a stream of one piece", () => streamOf(smallBytes())],
    ["a stream of many pieces", () => streamOf(...Array.from(smallBytes(), (byte) => Uint8Array.of(byte)))],
    ["a Response", () => new Response(streamOf(smallBytes()))],
  ];
  it.each(sources)("%s", async (_name, make) => {
    const model = await load(make());
    expect((await model.run(smallFeeds))["y"]).toEqual(smallResult);
  });

  it("leaves the bytes as they were", async () => {
    const bytes = smallBytes();
    const model = await load(bytes);
    await model.run(smallFeeds);
    expect(bytes).toEqual(smallBytes());
  });
});

describe("sources that are none", () => {
  const none: [string, () => unknown, new () => Error, string][] = [
    ["a missing file", () => join(folder, "none.onnx"), FormatError, "there is no such file; check the path"],
    ["a folder", () => folder, FormatError, "is a folder, expected an .onnx file"],
    ["a device", () => "/dev/null", FormatError, "is no regular file"],
    ["a path with a NUL", () => "a\0b", FormatError, "cannot be read"],
    ["a file: URL of a host", () => "file://host/model.onnx", FormatError, "names no file on this machine"],
    [
      "a URL that is not fetched",
      () => new URL("ftp://host/model.onnx"),
      UsageError,
      "cannot be fetched: URLs of http",
    ],
    ["no bytes", () => new Uint8Array(), FormatError, "empty"],
    ["an empty stream", () => streamOf(), FormatError, "empty"],
    ["an empty response", () => new Response(null), FormatError, "empty"],
    ["an error of a server", () => new Response("no", { status: 404 }), FormatError, "the server answered 404"],
    ["a stream of text", () => streamOf("text"), UsageError, "The stream gave a string"],
    ["null", () => null, UsageError, "got null"],
    ["nothing", () => undefined, UsageError, "got undefined"],
    ["a number", () => 7, UsageError, "got the number 7"],
    ["a list", () => [8, 7], UsageError, "got Array of length 2"],
    [
      "an object",
      () => ({}),
      UsageError,
      "A model is loaded from a path, a URL, bytes, a Blob, a stream or a Response",
    ],
  ];
  it.each(none)("%s", async (_name, make, kind, message) => {
    const error = await rejection(load(make() as ModelSource));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toContain(message);
  });

  it("a stream or a response that is read already", async () => {
    const stream = streamOf(smallBytes());
    stream.getReader();
    expect((await rejection(load(stream))).message).toMatch(/^The stream is being read already/);
    const response = new Response(streamOf(smallBytes()));
    await response.arrayBuffer();
    const error = await rejection(load(response));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/^The response was read already/);
  });

  it("a stream that breaks off, with its error as the cause", async () => {
    const cause = new TypeError("terminated");
    let pulls = 0;
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulls++ > 0) controller.error(cause);
        else controller.enqueue(smallBytes().subarray(0, 7));
      },
    });
    const error = await rejection(load(broken));
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toBe("The stream broke off after 7 bytes: terminated. Load it again.");
    expect(error.cause).toBe(cause);
  });
});

describe("limits.maxBytes", () => {
  const size = smallBytes().length;
  const sources: [string, () => ModelSource][] = [
    ["a path", () => path],
    ["bytes", smallBytes],
    ["a Blob", () => new Blob([arrayBufferOf(smallBytes())])],
    ["a stream", () => streamOf(smallBytes())],
  ];
  it.each(sources)("bounds %s", async (_name, make) => {
    await load(make(), { limits: { maxBytes: size } });
    const error = await rejection(load(make(), { limits: { maxBytes: size - 1 } }));
    expect(error).toBeInstanceOf(LimitError);
    expect(error.message).toContain(`limits.maxBytes = ${size - 1}`);
  });

  it("cancels an endless stream", async () => {
    let isCancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
      cancel() {
        isCancelled = true;
      },
    });
    expect(await rejection(load(endless, { limits: { maxBytes: 10_000 } }))).toBeInstanceOf(LimitError);
    expect(isCancelled).toBe(true);
  });
});
