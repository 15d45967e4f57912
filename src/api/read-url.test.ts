import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AbortedError, FormatError, LimitError, load } from "../index.ts";
import { externalFile, externalModel, externalName, rejection, smallFeeds, smallResult } from "./testdata/models.ts";
import { onnxModel } from "./testdata/onnx-model.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let origin: string;
/** Answers by path; anything else is a 404. */
const answers = new Map<string, Answer>();
const requests: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.range ?? ""}`.trim());
    const answer = answers.get(request.url ?? "");
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answers.clear();
  requests.length = 0;
  answers.set("/m/model.onnx", whole(onnxModel(externalModel)));
  answers.set(weightsPath, ranged(externalFile()));
});

const weightsPath = `/m/${encodeURI(externalName)}`;
const whole =
  (bytes: Uint8Array): Answer =>
  (_request, response) =>
    void response.writeHead(200, { "content-length": bytes.length }).end(bytes);

const ranged =
  (bytes: Uint8Array): Answer =>
  ({ headers }, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
    if (Number(from) >= bytes.length) {
      return void response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    }
    const part = bytes.subarray(Number(from), Number(to) + 1);
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
    response.writeHead(206, { "content-range": range }).end(part);
  };

describe("models at a URL", () => {
  it("are fetched with their external data by range, from an address as text or URL", async () => {
    for (const url of [`${origin}/m/model.onnx`, new URL(`${origin}/m/model.onnx`)]) {
      requests.length = 0;
      const model = await load(url);
      expect((await model.run(smallFeeds))["y"]).toEqual(smallResult);
      expect(requests).toEqual(["/m/model.onnx", `${weightsPath} bytes=4-11`]);
    }
  });

  it("may lie on a server that knows no ranges: each file is fetched once", async () => {
    answers.set(weightsPath, whole(externalFile()));
    const [bias] = Object.values(externalModel.initializers ?? {});
    const twice = {
      ...externalModel,
      initializers: {
        bias: bias as { type: string },
        other: {
          ...(bias as { type: string }),
          type: "f32[1]",
          external_data: [
            { key: "location", value: externalName },
            { key: "offset", value: "12" },
          ],
        },
      },
      nodes: [
        { op: "Add", inputs: ["x", "bias"], outputs: ["s"] },
        { op: "Add", inputs: ["s", "other"], outputs: ["y"] },
      ],
    };
    answers.set("/m/model.onnx", whole(onnxModel(twice)));
    const model = await load(`${origin}/m/model.onnx`);
    expect(requests).toHaveLength(2);
    expect((await model.run(smallFeeds))["y"]?.data).toEqual(Float32Array.of(10, 8, 12, 10));
  });

  it("take their external data from beside the address that was asked for, also after a redirect", async () => {
    answers.set("/store/abc", whole(onnxModel(externalModel)));
    answers.set("/m/model.onnx", (_request, response) => response.writeHead(302, { location: "/store/abc" }).end());
    const model = await load(`${origin}/m/model.onnx`);
    expect((await model.run(smallFeeds))["y"]).toEqual(smallResult);
    expect(requests).toEqual(["/m/model.onnx", "/store/abc", `${weightsPath} bytes=4-11`]);
  });

  it("are cut off at limits.maxBytes, whatever the server says of their size", async () => {
    const bytes = onnxModel(externalModel);
    const limits = { maxBytes: bytes.length - 1 };
    expect(await rejection(load(`${origin}/m/model.onnx`, { limits }))).toBeInstanceOf(LimitError);
    answers.set("/m/model.onnx", (_request, response) => void response.end(bytes));
    const error = await rejection(load(`${origin}/m/model.onnx`, { limits }));
    expect(error).toBeInstanceOf(LimitError);
    expect(error.message).toContain(`limits.maxBytes = ${limits.maxBytes}`);
  });
});

describe("what a server does not give", () => {
  const url = () => `${origin}/m/model.onnx`;
  const cases: [string, () => void, RegExp][] = [
    [
      "a model",
      () => answers.delete("/m/model.onnx"),
      /model\.onnx" cannot be fetched: the server answered 404 Not Found/,
    ],
    ["external data", () => answers.delete(weightsPath), /bias%201\.bin" cannot be fetched: the server answered 404/],
    [
      "all of the external data",
      () => answers.set(weightsPath, ranged(externalFile().subarray(0, 8))),
      /needs bytes 4 to 12 of the external file "weights\/bias 1\.bin", which has only 8/,
    ],
    [
      "the range of the external data",
      () => answers.set(weightsPath, ranged(externalFile().subarray(0, 2))),
      /needs bytes 4 to 12 of the external file "weights\/bias 1\.bin", which has only 2/,
    ],
    [
      "the same, without ranges",
      () => answers.set(weightsPath, whole(externalFile().subarray(0, 8))),
      /which has only 8/,
    ],
    [
      "the range that was asked for",
      () =>
        answers.set(
          weightsPath,
          (_request, response) =>
            void response.writeHead(206, { "content-range": "bytes 0-7/16" }).end(externalFile().subarray(0, 8)),
        ),
      /gave "weights\/bias 1\.bin" from byte 0, asked for 4/,
    ],
    [
      "the rest of a model",
      () =>
        answers.set("/m/model.onnx", (_request, response) => {
          response.writeHead(200, { "content-length": 1000 }).write(new Uint8Array(10), () => response.destroy());
        }),
      /model\.onnx" broke off after \d+ bytes: .*Load it again/,
    ],
  ];
  it.each(cases)("%s", async (_name, prepare, message) => {
    prepare();
    const error = await rejection(load(url()));
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toMatch(message);
  });

  it("a connection", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const error = await rejection(load(`http://127.0.0.1:${port}/model.onnx`));
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toMatch(/cannot be fetched: .*ECONNREFUSED.*Check the address and the network/);
  });
});

describe("a signal that fires while a model is fetched", () => {
  const slow: [string, Answer][] = [
    ["before the answer", () => undefined],
    ["in the middle of the answer", (_request, response) => void response.writeHead(200).write(new Uint8Array(10))],
  ];
  it.each(slow)("%s", async (_name, answer) => {
    const controller = new AbortController();
    answers.set("/m/model.onnx", (request, response) => {
      answer(request, response);
      setTimeout(() => controller.abort(new Error("enough")), 20);
    });
    const error = await rejection(load(`${origin}/m/model.onnx`, { signal: controller.signal }));
    expect(error).toBeInstanceOf(AbortedError);
    expect(error.cause).toEqual(new Error("enough"));
  });

  it("while external data comes", async () => {
    const controller = new AbortController();
    answers.set(weightsPath, (_request, response) => {
      response.writeHead(206).write(new Uint8Array(1));
      setTimeout(() => controller.abort(), 20);
    });
    expect(await rejection(load(`${origin}/m/model.onnx`, { signal: controller.signal }))).toBeInstanceOf(AbortedError);
  });
});
