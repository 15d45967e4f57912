import { expect, test } from "vitest";
import { legalize } from "../../ir/legalize/legalize.ts";
import { layerNorm } from "../../kernels/norm/layer-norm.ts";
import { softmax } from "../../kernels/softmax/softmax.ts";
import { softmaxColumns } from "../../kernels/softmax/softmax-columns.ts";
import { emitFunction } from "./emit-function.ts";
import type { ValueType } from "./function-writer.ts";
import { emptyBlock, FunctionWriter, valueTypes } from "./function-writer.ts";
import type { Mnemonic } from "./instructions.ts";
import { instructions } from "./instructions.ts";
import { printWat } from "./print-wat.ts";
import { wasmRelaxed, wasmSimd128 } from "./targets.ts";

/** The body that the lines of a function say, read with nothing but the list of instructions. */
function assemble(text: string): Uint8Array {
  const writer = new FunctionWriter(3);
  const lines = text.split("\n").slice(4);
  lines[lines.length - 2] = (lines.at(-2) as string).replace(/\)\)$/, "");
  for (const line of lines.filter((each) => each.trim() !== "")) {
    const words = line.trim().split(" ");
    if (words[0] === "(local") {
      for (const type of words.slice(1)) writer.local(type.replace(")", "") as ValueType);
      continue;
    }
    const [mnemonic, ...rest] = words as [Mnemonic, ...string[]];
    writer.op(mnemonic, ...immediatesOf(mnemonic, rest));
  }
  return writer.finish();
}

function immediatesOf(mnemonic: Mnemonic, texts: readonly string[]): (number | ArrayLike<number>)[] {
  const kinds = instructions[mnemonic].split(" ").slice(1);
  if (kinds.includes("bt")) return [texts.length === 0 ? emptyBlock : valueTypes[texts[1] as ValueType]];
  if (kinds.includes("v")) return [new Uint8Array(Uint32Array.from(texts.slice(1), (word) => Number(word)).buffer)];
  if (kinds.includes("s")) return [texts.map(Number)];
  if (!kinds.includes("m"))
    return texts.map((text) => Number(text.replace(/^(-?)inf$/, "$1Infinity").replace(/^nan.*/, "NaN")));
  const find = (name: string) => Number(texts.find((text) => text.startsWith(`${name}=`))?.split("=")[1] ?? 0);
  const lane = texts.filter((text) => !text.includes("="));
  return [Math.log2(find("align")), find("offset"), ...lane.map(Number)];
}

const kernels = [
  softmax.build({}, wasmRelaxed),
  layerNorm.build({ storage: "f16" }, wasmRelaxed),
  softmaxColumns.build({ log: true }, wasmRelaxed),
];

test.each(kernels)("the text of $name says every byte of it", (kernel) => {
  for (const target of [wasmSimd128, wasmRelaxed]) {
    const body = emitFunction(legalize(kernel, target), target);
    const text = printWat([{ name: "f", body }], { shared: false });
    expect(assemble(text)).toEqual(body);
  }
});

test("a function in the text format", () => {
  const writer = new FunctionWriter(3);
  const vector = writer.local("v128");
  writer.op("block", emptyBlock);
  writer.op("local.get", 0);
  writer.op("v128.load", 4, 16);
  writer.op("v128.load32_splat", 2, 0);
  writer.op("v128.load32_lane", 2, 8, 3);
  writer.op("local.set", vector);
  writer.op(
    "v128.const",
    Uint8Array.from({ length: 16 }, (_, i) => i),
  );
  for (const value of [-64, 64, -65, 2 ** 31 - 1, -(2 ** 31)]) writer.op("i32.const", value);
  for (const value of [-0, 0.1, Number.NEGATIVE_INFINITY, Number.NaN, 1e-45]) writer.op("f32.const", value);
  writer.op("if", valueTypes.i32);
  writer.op("else");
  writer.op("end");
  writer.op("end");
  expect(printWat([{ name: "f", body: writer.finish() }], { shared: true })).toBe(`(module
  (import "env" "memory" (memory 0 65536 shared))
  (import "env" "scratch" (global $scratch i32))
  (func (export "f") (param $args i32) (param $begin i32) (param $end i32)
    (local v128)
    block
      local.get 0
      v128.load offset=16 align=16
      v128.load32_splat align=4
      v128.load32_lane offset=8 align=4 3
      local.set 3
      v128.const i32x4 0x03020100 0x07060504 0x0b0a0908 0x0f0e0d0c
      i32.const -64
      i32.const 64
      i32.const -65
      i32.const 2147483647
      i32.const -2147483648
      f32.const -0
      f32.const 0.10000000149011612
      f32.const -inf
      f32.const nan:0x400000
      f32.const 1.401298464324817e-45
      if (result i32)
      else
      end
    end))
`);
});
