import { describe, expect, it } from "vitest";
import { compileX64 } from "../codegen/x64/compile.ts";
import { x64Avx2, x64Avx512 } from "../codegen/x64/targets.ts";
import { rmsNorm } from "../kernels/norm/rms-norm.ts";
import { use } from "../kernels/schedule.ts";
import { kernelCode } from "./kernel-code.ts";

/** Asks for a kernel's code and says how often it was made for that. */
function ask(n: number, target: typeof x64Avx2): { readonly bytes: Uint8Array; readonly made: number } {
  let made = 0;
  const kernel = { ...use(rmsNorm, { scale: "f32" }), key: `rms-norm of test ${n}` };
  const { bytes } = kernelCode(kernel, target, (legal) => {
    made++;
    return compileX64([legal], { target }).code;
  });
  return { bytes, made };
}

describe("code of kernels", () => {
  it("is made once for each target", () => {
    const first = ask(0, x64Avx2);
    const again = ask(0, x64Avx2);
    expect([first.made, again.made]).toEqual([1, 0]);
    expect(again.bytes).toBe(first.bytes);
    const wider = ask(0, x64Avx512);
    expect(wider.made).toBe(1);
    expect(wider.bytes).not.toEqual(first.bytes);
  });

  it("is kept for the kernels that were asked for last", () => {
    const target = { ...x64Avx2 };
    const kernel = use(rmsNorm, {});
    const make = (n: number): number => {
      let made = 0;
      kernelCode({ ...kernel, key: String(n) }, target, () => {
        made++;
        return new Uint8Array(64);
      });
      return made;
    };
    const asked = [...Array.from({ length: 1024 }, (_, n) => n), 0, 1024, 0, 1, 1023];
    expect(asked.map(make).slice(1024)).toEqual([0, 1, 0, 1, 0]);
  });
});
