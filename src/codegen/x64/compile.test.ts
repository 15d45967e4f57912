import { describe, expect, test } from "vitest";
import { legalize } from "../../ir/legalize/legalize.ts";
import { l2Normalize } from "../../kernels/testdata/l2-normalize.ts";
import { whyNotNative } from "../../kernels/testdata/native-machines.ts";
import { checkAllocation } from "../regalloc/check.ts";
import { compileX64 } from "./compile.ts";
import { emitFunction } from "./emit-function.ts";
import { x64Avx2, x64Avx512, x64Targets } from "./targets.ts";
import { tileLoop } from "./testdata/tile-loop.ts";

/** The instructions of the innermost loop with the most of them, without operands. */
function hottestLoop(listing: string): string[] {
  const lines = listing.split("\n").map((line) => line.trim());
  const loops: string[][] = [];
  let from = 0;
  lines.forEach((line, at) => {
    if (line.startsWith(".p2align")) from = at;
    if (line.startsWith("jl ") && from > 0) loops.push(lines.slice(from + 2, at + 1));
    if (line.startsWith("jl ")) from = 0;
  });
  return loops.sort((a, b) => b.length - a.length)[0] ?? [];
}

const mnemonics = (loop: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const line of loop) {
    const [name = ""] = line.split(" ");
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

describe.each(x64Targets)("$name", (target) => {
  const kernels = [l2Normalize.build({}, target), tileLoop.build({ ...target.tiles[0]! }, target)];

  test("functions begin at multiples of 64, in one piece of code", () => {
    const { code, entries, listing } = compileX64(kernels, { target, check: checkAllocation });
    expect([...entries.keys()]).toEqual(["l2-normalize", "tile-loop"]);
    for (const at of entries.values()) expect(at % 64).toBe(0);
    expect(code.length % 64).toBe(0);
    expect(listing()).toContain("ret");
  });

  test("the same kernel gives the same bytes", () => {
    const again = [l2Normalize.build({}, target), tileLoop.build({ ...target.tiles[0]! }, target)];
    expect(compileX64(again, { target }).code).toEqual(compileX64(kernels, { target }).code);
  });

  test("two kernels of one name are refused, and one that is not legal is no machine function", () => {
    const [kernel] = kernels as [(typeof kernels)[number]];
    expect(() => compileX64([kernel, kernel], { target })).toThrow("Two kernels are called l2-normalize");
    expect(() => emitFunction(kernel, target)).toThrow(
      `Kernel l2-normalize has not been legalized for ${target.name}.`,
    );
    expect(emitFunction(legalize(kernel, target), target).instructions.length).toBeGreaterThan(100);
  });

  test.each([...target.tiles])("a $mr x $nv tile is multiplied in registers", ({ mr, nv }) => {
    const loop = hottestLoop(
      compileX64([tileLoop.build({ mr, nv }, target)], { target, check: checkAllocation }).listing(),
    );
    const counts = mnemonics(loop);
    expect(counts).toMatchObject({ vfmadd231ps: mr * nv, vbroadcastss: mr, add: 3, cmp: 1, jl: 1 });
    expect(counts["vmovups"] ?? 0, "loads that are used once are operands").toBe(mr === 1 ? 0 : nv);
    expect(loop.join("\n")).not.toContain("rsp");
  });

  test("sums of squares take a load and a multiply-add for each vector", () => {
    const counts = mnemonics(hottestLoop(compileX64([l2Normalize.build({}, target)], { target }).listing()));
    const vectors = 64 / target.lanes!;
    expect([counts["vmovups"], counts["vfmadd231ps"]]).toContain(Math.min(vectors, target.foldRegisters));
  });
});

test("AVX-512 is asked for by its registers alone", () => {
  const listing = (target: typeof x64Avx2): string => compileX64([l2Normalize.build({}, target)], { target }).listing();
  expect(listing(x64Avx2)).not.toMatch(/zmm|\bk[1-7]\b/);
  expect(listing(x64Avx512)).toMatch(/zmm.*\{k[1-7]\}\{z\}/);
});

/** Which targets the kernel suites run as machine code here; the others are compiled and checked only. */
test.each(x64Targets)("$name runs here, or it is known why not", ({ name }) => {
  const why = whyNotNative(name);
  if (why === undefined) return;
  expect(why).toMatch(/^(CPU_TOO_OLD|OS_STATE|OTHER_ARCH|NO_FFI|FFI_DENIED|EXEC_DENIED|DISABLED|PLATFORM_UNTESTED): ./);
});
