import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Type } from "../graph/type.ts";
import { optionalType, sequenceType, tensorType } from "../graph/type.ts";
import { addDims, symbol, unknownDim } from "../tensor/dim.ts";
import { writeNpy } from "../tensor/npy.ts";
import { writeNpz } from "../tensor/npz.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { makeInputs } from "./make-inputs.ts";

const [batch, time] = [symbol("batch"), symbol("time")];
const port = (name: string, type: Type) => ({ name, type, value: 0 });
const x = port("x", tensorType("f32", [batch, 3]));
const past = port("past", tensorType("f32", [batch, addDims(time, 1)]));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lanewise-inputs-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const f32 = (shape: number[], ...values: number[]): Tensor => ({
  dtype: "f32",
  shape,
  data: Float32Array.from(values),
});

test("inputs that nobody gives follow the rule, and the seed", async () => {
  const ports = [
    x,
    port("i", tensorType("i64", [2])),
    port("b", tensorType("bool", [unknownDim])),
    port("s", tensorType("string", [])),
    port("h", tensorType("f16", [4])),
    port("list", sequenceType(tensorType("i32", [2]))),
    port("maybe", optionalType(tensorType("u8", []))),
  ];
  const made = await makeInputs(ports, { seed: 0 });
  expect(made).toMatchObject({
    x: { dtype: "f32", shape: [1, 3] },
    i: { dtype: "i64", shape: [2], data: BigInt64Array.of(1n, 1n) },
    b: { dtype: "bool", shape: [1], data: Uint8Array.of(1) },
    s: { dtype: "string", shape: [], data: ["a"] },
    h: { dtype: "f16", shape: [4] },
    list: [{ dtype: "i32", shape: [2], data: Int32Array.of(1, 1) }],
    maybe: { dtype: "u8", shape: [], data: Uint8Array.of(1) },
  });
  const values = [...(made["x"] as Tensor).data] as number[];
  expect(values.every((value) => value >= -1 && value < 1)).toBe(true);
  expect(new Set(values).size).toBe(3);
  expect(await makeInputs(ports, { seed: 0 })).toEqual(made);
  expect((await makeInputs(ports, { seed: 1 }))["x"]).not.toEqual(made["x"]);
});

test("two inputs of one type get different values", async () => {
  const made = await makeInputs([x, port("y", x.type)], { seed: 0 });
  expect((made["x"] as Tensor).data).not.toEqual((made["y"] as Tensor).data);
});

test("symbols are what --dim says, what given inputs say, else 1", async () => {
  const shapes = async (dim: ReadonlyMap<string, number>, ...input: string[]) =>
    Object.values(await makeInputs([x, past], { seed: 0, dim, input })).map((feed) => (feed as Tensor).shape);
  expect(await shapes(new Map())).toEqual([
    [1, 3],
    [1, 2],
  ]);
  expect(await shapes(new Map(Object.entries({ batch: 2, time: 0 })))).toEqual([
    [2, 3],
    [2, 1],
  ]);
  expect(await shapes(new Map(), "past=5,7")).toEqual([
    [5, 3],
    [5, 7],
  ]);
  await expect(shapes(new Map([["batch", 2]]), "x=3,3")).rejects.toThrow(
    'The input "x" is f32[batch,3], got [3,3], but --dim makes batch = 2.',
  );
  await expect(shapes(new Map([["bach", 2]]))).rejects.toThrow(
    '--dim bach: no input has a dim of that name. Did you mean "batch"? The symbolic dims are batch, time.',
  );
});

test(".npy and .npz files give inputs, in the declared dtype where numpy has none of it", async () => {
  const half = port("half", tensorType("bf16", [2]));
  const npy = file("half.npy", writeNpy({ dtype: "bf16", shape: [2], data: Uint16Array.of(0x3f80, 0xc000) }));
  const npz = file("both.npz", writeNpz(new Map([["x", f32([1, 3], 1, 2, 3)]])));
  const made = await makeInputs([x, half], { seed: 0, input: [`half=${npy}`, npz] });
  expect(made).toEqual({
    x: f32([1, 3], 1, 2, 3),
    half: { dtype: "bf16", shape: [2], data: Uint16Array.of(0x3f80, 0xc000) },
  });
});

test("a name with = in it is found", async () => {
  const odd = port("a=b", tensorType("i64", [1]));
  expect(await makeInputs([odd], { seed: 0, input: ["a=b=i64[1]:7"] })).toMatchObject({
    "a=b": { data: BigInt64Array.of(7n) },
  });
});

test.each([
  ["y=1,3", /The model has no input "y"\..* The inputs are x: f32\[batch,3\]\./],
  ["xx=1,3", /The model has no input "xx"\. Did you mean "x"\?/],
  ["noequals", /expected NAME=VALUE or FILE.npz/],
  ["x=missing.npy", /The input "x" "missing.npy" cannot be read: there is no such file/],
  ["missing.npz", /The inputs "missing.npz" cannot be read/],
  ["x=9007199254740992,3", /is no shape/],
  ["x=4000000000,4000000000", /more than 2\^53 elements/],
])("%s is refused", async (text, message) => {
  await expect(makeInputs([x], { seed: 0, input: [text] })).rejects.toThrow(message);
});

test("an input given twice, a sequence and an unknown rank are refused", async () => {
  await expect(makeInputs([x], { seed: 0, input: ["x=1,3", "x=2,3"] })).rejects.toThrow(/"x" is given twice/);
  const list = port("list", sequenceType(tensorType("f32", [2])));
  await expect(makeInputs([list], { seed: 0, input: ["list=2"] })).rejects.toThrow(/only tensors can be given/);
  const open = port("open", tensorType("f32", undefined));
  await expect(makeInputs([open], { seed: 0 })).rejects.toThrow(/f32\[...\], which is too little to make one up/);
});

test("a file that is no array is refused under its name", async () => {
  const path = file("text.npy", new TextEncoder().encode("just some text, and enough of it"));
  await expect(makeInputs([x], { seed: 0, input: [`x=${path}`] })).rejects.toThrow(path);
});
