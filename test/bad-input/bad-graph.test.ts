// What models get that are well-formed files but make no sense, or ask for more than the caller allows.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { load } from "../../src/index.ts";
import type { ErrorCode } from "../../src/tensor/errors.ts";
import type { ProtoTree } from "../support/proto-tree.ts";
import { changed, goodModel, nodeOf, part, setInteger, setText } from "./bad-files.ts";
import type { Parts } from "./message-parts.ts";
import { expectParts, failure } from "./message-parts.ts";

const root = mkdtempSync(join(tmpdir(), "lanewise-bad-graph-"));
afterAll(() => rmSync(root, { recursive: true }));

type BadGraph = readonly [what: string, change: (model: ProtoTree) => void, code: ErrorCode, parts: Parts];

const next = "Export the model again";
const badGraphs: readonly BadGraph[] = [
  [
    "an input that nothing makes",
    (model) => setText(nodeOf(model, "Relu"), "input", "n9"),
    "FORMAT",
    { names: "Relu", expected: "node, input or initializer", came: '"n9" is made by no', next },
  ],
  [
    "an output that nothing makes",
    (model) => setText(part(model, "graph.output"), "name", "odds"),
    "FORMAT",
    { names: '"odds"', expected: "node, input or initializer", came: "no node", next },
  ],
  [
    "two values of one name",
    (model) => setText(nodeOf(model, "Relu"), "output", "c1"),
    "FORMAT",
    { names: '"c1"', expected: "c1", came: "c1", next },
  ],
  [
    "weights that do not fit",
    (model) => setText(nodeOf(model, "Conv"), "input", "w2", 1),
    "SHAPE",
    { names: "Conv", expected: "x f32[N,3,8,8]", came: "f32[4,2,3,3]", next: "." },
  ],
  [
    "a weight with a negative dim",
    (model) => setInteger(part(model, "graph.initializer"), "dims", -4n),
    "FORMAT",
    { names: '"w1"', expected: "dim", came: "-4", next },
  ],
  [
    "a weight of more elements than can be",
    (model) => setInteger(part(model, "graph.initializer"), "dims", 2n ** 62n),
    "FORMAT",
    { names: "dims", expected: "beyond 2^53", came: "4611686018427", next: "export or download it again" },
  ],
  [
    "a weight of more elements than the file holds",
    (model) => setInteger(part(model, "graph.initializer"), "dims", 2n ** 40n),
    "FORMAT",
    { names: '"w1"', expected: "needs 118747255799808 bytes", came: "has 432", next: "export it again" },
  ],
];

describe.each(badGraphs)("a graph: %s", (what, change, code, parts) => {
  const path = join(root, `${what.replaceAll(" ", "-")}.onnx`);
  writeFileSync(path, changed("conv-net", change));

  it("rejects load", async () => {
    const error = await load(path).catch((thrown: Error & { code: ErrorCode }) => thrown);
    expect(error).toMatchObject({ code });
    expectParts((error as Error).message, parts);
  });

  it("fails a command with exit code 1", async () => {
    expectParts(await failure(root, 1, "run", path, "--output", join(root, "results")), parts);
  });
});

it("a model of more bytes, or of more nodes, than allowed is refused", async () => {
  const path = goodModel("conv-net");
  const tooLarge = {
    code: "LIMIT",
    message: expect.stringMatching(/conv-net\.onnx.*maxBytes = 1000\. .*raise/) as string,
  };
  await expect(load(path, { limits: { maxBytes: 1000 } })).rejects.toMatchObject(tooLarge);
  const tooMany = {
    code: "LIMIT",
    message: expect.stringMatching(/more than 5 nodes\. .*raise limits\.maxNodes/) as string,
  };
  await expect(load(path, { limits: { maxNodes: 5 } })).rejects.toMatchObject(tooMany);
});
