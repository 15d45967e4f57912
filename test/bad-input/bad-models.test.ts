import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/testdata/run-cli.ts";
import type { LoadOptions } from "../../src/index.ts";
import { load } from "../../src/index.ts";
import type { ErrorCode } from "../../src/tensor/errors.ts";
import type { ProtoTree } from "../support/proto-tree.ts";
import {
  changed,
  goodBytes,
  nodesOf,
  part,
  parts,
  setInteger,
  setText,
  withExternalData,
  writeFiles,
} from "./bad-files.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lanewise-bad-"));
  writeFiles(folder, { "secret.bin": new Uint8Array(1000) });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface BadModel {
  readonly what: string;
  readonly files: Parameters<typeof writeFiles>[1];
  readonly code: ErrorCode;
  /** What the message says besides the file: what was expected, what came, what to do. */
  readonly says: readonly RegExp[];
  readonly limits?: LoadOptions["limits"];
}

const model = (bytes: Uint8Array) => ({ "model.onnx": bytes });
const external = (entries: Record<string, string>, more: BadModel["files"] = {}) => ({
  ...model(withExternalData(entries)),
  ...more,
});
const twelve = { "weights.bin": new Uint8Array(12) };

const badModels: readonly BadModel[] = [
  { what: "a file that is not there", files: {}, code: "FORMAT", says: [/no such file/, /check the path/] },
  { what: "an empty file", files: model(new Uint8Array()), code: "FORMAT", says: [/empty/] },
  {
    what: "half a model",
    files: model(goodBytes("conv-net").slice(0, 700)),
    code: "FORMAT",
    says: [/cut short/, /download it again/],
  },
  {
    what: "a text",
    files: model(new TextEncoder().encode("<!doctype html><title>404</title>")),
    code: "FORMAT",
    says: [/is not an ONNX model/, /HTML/],
  },
  {
    what: "a zip archive",
    files: model(zipSync({ "model.onnx": goodBytes("conv-net") })),
    code: "FORMAT",
    says: [/is not an ONNX model/, /zip archive/],
  },
  {
    what: "data above the model's folder",
    files: external({ location: "../secret.bin", length: "64" }),
    code: "FORMAT",
    says: [/\.\.\/secret\.bin/, /Only files in the folder of the model/],
  },
  {
    what: "data by an absolute path",
    files: external({ location: "/etc/hostname", length: "4" }),
    code: "FORMAT",
    says: [/\/etc\/hostname/],
  },
  {
    what: "data behind a link that leads out",
    files: external({ location: "link.bin", length: "16" }, { "link.bin": { link: "../secret.bin" } }),
    code: "FORMAT",
    says: [/link\.bin/, /out of|outside/],
  },
  {
    what: "data in a file that is not there",
    files: external({ location: "weights.bin", length: "16" }),
    code: "FORMAT",
    says: [/weights\.bin/],
  },
  {
    what: "a length past the end of the data",
    files: external({ location: "weights.bin", length: "16" }, twelve),
    code: "FORMAT",
    says: [/weights\.bin/, /12/, /16/],
  },
  {
    what: "an offset past the end of the data",
    files: external({ location: "weights.bin", offset: "8", length: "16" }, twelve),
    code: "FORMAT",
    says: [/weights\.bin/, /12/],
  },
  {
    what: "a negative length",
    files: external({ location: "weights.bin", length: "-1" }, twelve),
    code: "FORMAT",
    says: [/-1/],
  },
  {
    what: "operators that nobody knows",
    files: model(
      changed("conv-net", (m) => {
        for (const node of nodesOf(m, "Conv")) setText(node, "op_type", "Convolute");
        setText(nodesOf(m, "Gemm")[0] as ProtoTree, "op_type", "Frobnicate");
      }),
    ),
    code: "UNSUPPORTED",
    says: [/Convolute \(2 nodes\), Frobnicate \(1 node\)/, /registerOp/],
  },
  {
    what: "an opset of the future",
    files: model(changed("conv-net", (m) => setInteger(part(m, "opset_import"), "version", 99))),
    code: "UNSUPPORTED",
    says: [/99/, /28/],
  },
  {
    what: "an opset of zero",
    files: model(changed("conv-net", (m) => setInteger(part(m, "opset_import"), "version", 0))),
    code: "FORMAT",
    says: [/opset/, /0/],
  },
  {
    what: "an attribute that nobody knows",
    files: model(changed("conv-net", (m) => setText(part(nodesOf(m, "Gemm")[0]!, "attribute"), "name", "transposeB"))),
    code: "FORMAT",
    says: [/Gemm/, /transposeB/],
  },
  {
    what: "an attribute of another type",
    files: model(
      changed("conv-net", (m) => {
        const attribute = part(nodesOf(m, "Gemm")[0] as ProtoTree, "attribute");
        const kept = attribute.fields.filter(({ name }) => name === "name");
        const value = { kind: "floats", width: 4, packed: false, numbers: [1] } as const;
        attribute.fields.splice(0, attribute.fields.length, ...kept, {
          number: 2,
          name: "f",
          value: { ...value, numbers: [1] },
        });
      }),
    ),
    code: "FORMAT",
    says: [/Gemm/, /transB/, /int/],
  },
  {
    what: "nodes in a circle",
    files: model(changed("conv-net", (m) => setText(nodesOf(m, "Conv")[0]!, "input", "r1"))),
    code: "FORMAT",
    says: [/cycl|circle|each other/, /Conv/],
  },
  {
    what: "a name that nothing makes",
    files: model(changed("conv-net", (m) => setText(nodesOf(m, "Relu")[0]!, "input", "n9"))),
    code: "FORMAT",
    says: [/Relu/, /"n9"/],
  },
  {
    what: "an output that nothing makes",
    files: model(changed("conv-net", (m) => setText(part(part(m, "graph"), "output"), "name", "odds"))),
    code: "FORMAT",
    says: [/"odds"/],
  },
  {
    what: "two values of one name",
    files: model(changed("conv-net", (m) => setText(nodesOf(m, "Relu")[0]!, "output", "c1"))),
    code: "FORMAT",
    says: [/"c1"/],
  },
  {
    what: "shapes that do not fit",
    files: model(changed("conv-net", (m) => setText(nodesOf(m, "Conv")[0]!, "input", "w2", 1))),
    code: "SHAPE",
    says: [/Conv/, /f32\[N,3,8,8\]/, /f32\[4,2,3,3\]/],
  },
  {
    what: "a weight with a negative dim",
    files: model(changed("conv-net", (m) => setInteger(part(part(m, "graph"), "initializer"), "dims", -4))),
    code: "FORMAT",
    says: [/w1/, /-4/],
  },
  {
    what: "a weight larger than the file",
    files: model(changed("conv-net", (m) => setInteger(part(part(m, "graph"), "initializer"), "dims", 2n ** 40n))),
    code: "FORMAT",
    says: [/w1/, /1099511627776/],
  },
  {
    what: "no graph",
    files: model(
      changed("conv-net", (m) =>
        m.fields.splice(0, m.fields.length, ...m.fields.filter(({ name }) => name !== "graph")),
      ),
    ),
    code: "FORMAT",
    says: [/graph/],
  },
  {
    what: "more bytes than allowed",
    files: model(goodBytes("conv-net")),
    limits: { maxBytes: 1000 },
    code: "LIMIT",
    says: [/maxBytes = 1000/],
  },
  {
    what: "more nodes than allowed",
    files: model(goodBytes("conv-net")),
    limits: { maxNodes: 5 },
    code: "LIMIT",
    says: [/more than 5 nodes/, /raise limits\.maxNodes/],
  },
];

describe.each(badModels)("$what", ({ what, files, code, says, limits }) => {
  const place = () => join(folder, what.replaceAll(/\W/g, "-"));
  beforeAll(() => writeFiles(place(), files));

  it("is an error of lanewise that names the file", async () => {
    const path = join(place(), "model.onnx");
    const error = await load(path, { limits }).then(
      () => undefined,
      (thrown: Error & { code: ErrorCode }) => thrown,
    );
    expect(error?.message).toContain(path);
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(/[.)]$/);
    for (const pattern of says) expect(error?.message).toMatch(pattern);
  });

  it.skipIf(limits !== undefined)("is one line and exit code 1 on the command line", async () => {
    const before = readdirSync(place());
    const args = ["run", join(place(), "model.onnx"), "--output", join(place(), "out")];
    const { exitCode, stdout, stderr } = await runCli(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    for (const pattern of says) expect(stderr).toMatch(pattern);
    expect(readdirSync(place()), "what is left behind").toEqual(before);
  });
});

it("a folder is no model", async () => {
  mkdirSync(join(folder, "model.onnx"));
  const path = join(folder, "model.onnx");
  await expect(load(path)).rejects.toMatchObject({
    code: "FORMAT",
    message: expect.stringMatching(/is a folder, expected an \.onnx file/) as string,
  });
  expect(await runCli(["run", path])).toMatchObject({ exitCode: 1, stdout: "" });
});

it("all that is unsupported is told at once, with counts", async () => {
  const bytes = changed("conv-net", (m) => {
    for (const node of parts(part(m, "graph"), "node")) setText(node, "op_type", "Frobnicate");
  });
  await expect(load(bytes)).rejects.toThrow(/Frobnicate \(12 nodes\)/);
});

it("DEBUG adds the stack, and nothing else does", async () => {
  const { stderr } = await runCli(["run", join(folder, "nowhere.onnx")], { DEBUG: "1" });
  expect(stderr).toMatch(/^error: .*\n.*\n\s+at /);
});
