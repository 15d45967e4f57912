import { describe, expect, test } from "vitest";
import { legalize } from "../../ir/legalize/legalize.ts";
import { matmul } from "../../kernels/matmul/matmul.ts";
import { rmsNorm } from "../../kernels/norm/rms-norm.ts";
import { softmax } from "../../kernels/softmax/softmax.ts";
import { ByteWriter } from "./byte-writer.ts";
import { compile } from "./compile.ts";
import { emitFunction } from "./emit-function.ts";
import { wasmSimd128 } from "./targets.ts";

const target = wasmSimd128;
const kernels = [rmsNorm.build({ scale: "f32" }, target), softmax.build({}, target)];

describe("compile", () => {
  test("a module exports its kernels and imports a memory and a scratch address", () => {
    const module = new WebAssembly.Module(compile(kernels, { target, shared: false }));
    expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toEqual(["rms-norm", "softmax"]);
    expect(WebAssembly.Module.imports(module).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "memory memory",
      "scratch global",
    ]);
  });

  test.each([false, true])("the flavour for shared memory %s takes that kind alone", (shared) => {
    const module = new WebAssembly.Module(compile(kernels, { target, shared }));
    const scratch = new WebAssembly.Global({ value: "i32" }, 0);
    const memory = (kind: boolean): WebAssembly.Memory =>
      new WebAssembly.Memory({ initial: 1, maximum: 2, shared: kind });
    expect(() => new WebAssembly.Instance(module, { env: { memory: memory(shared), scratch } })).not.toThrow();
    expect(() => new WebAssembly.Instance(module, { env: { memory: memory(!shared), scratch } })).toThrow(/memory/);
  });

  test("the same kernel gives the same bytes", () => {
    const again = [rmsNorm.build({ scale: "f32" }, target), softmax.build({}, target)];
    expect(compile(again, { target, shared: true })).toEqual(compile(kernels, { target, shared: true }));
  });

  test("a loop that keeps a tile in registers is not an innermost one to V8, which would unroll it; others are", () => {
    const empty = [0x03, 0x40, 0x0b];
    const count = (bytes: Uint8Array): number =>
      bytes.filter((_, at) => empty.every((byte, i) => bytes[at + i] === byte)).length;
    const rest = {
      nv: 2,
      span: 1,
      rank: 0,
      storage: "f32",
      packsColumns: true,
      packsRows: false,
      steps: 1,
      result: "f32",
      others: [],
    } as const;
    const loopsOf = (mr: number): number =>
      count(emitFunction(legalize(matmul.build({ mr, ...rest }, target), target), target));
    expect([6, 4, 1].map(loopsOf)).toEqual([1, 1, 0]);
  });

  test("a kernel in its first form is refused where leaves are needed", () => {
    expect(() => emitFunction(kernels[0]!, target)).toThrow("Kernel rms-norm has not been legalized for wasm-simd128.");
    expect(emitFunction(legalize(kernels[0]!, target), target).length).toBeGreaterThan(100);
  });
});

test.each([
  [0, [0]],
  [63, [0x3f]],
  [64, [0xc0, 0x00]],
  [-1, [0x7f]],
  [-64, [0x40]],
  [-65, [0xbf, 0x7f]],
  [624485, [0xe5, 0x8e, 0x26]],
  [-123456, [0xc0, 0xbb, 0x78]],
  [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
])("s32 of %i", (value, bytes) => {
  const writer = new ByteWriter();
  writer.s32(value);
  expect([...writer.finish()]).toEqual(bytes);
});

test.each([
  [0, [0]],
  [127, [0x7f]],
  [128, [0x80, 0x01]],
  [624485, [0xe5, 0x8e, 0x26]],
  [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
])("u32 of %i", (value, bytes) => {
  const writer = new ByteWriter();
  writer.u32(value);
  expect([...writer.finish()]).toEqual(bytes);
});
