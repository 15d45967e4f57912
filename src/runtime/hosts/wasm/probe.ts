import { FunctionWriter } from "../../../codegen/wasm/function-writer.ts";
import { encodeModule } from "../../../codegen/wasm/module.ts";
import { wasmRelaxed, wasmSimd128 } from "../../../codegen/wasm/targets.ts";
import { HostRefusal } from "../host-refusal.ts";
import type { TargetStatus } from "../target-status.ts";
import { statusOf } from "../target-status.ts";

/** What the probe uses of the global WebAssembly. */
export type WasmEngine = Pick<typeof WebAssembly, "validate" | "Module" | "Instance" | "Memory" | "Global">;

/** Whether this engine runs the WebAssembly targets, and whether its relaxed multiply-add rounds once. Throws nothing. */
export function probeWasm(engine: WasmEngine | undefined = globalThis.WebAssembly): TargetStatus[] {
  return [
    statusOf(wasmSimd128.name, () => void running(engine, "v128.load")),
    statusOf(wasmRelaxed.name, () => requireFused(running(engine, "f32x4.relaxed_madd"))),
  ];
}

/** The instruction that the probe runs. */
type Needed = "v128.load" | "f32x4.relaxed_madd";

/** Where the probe's vectors lie in its memory: a, b, c and the result. */
const places = { a: 0, b: 16, c: 32, result: 48 };

/** What the engine answers for x · x - y, in four lanes, by the instruction that is asked about. */
function running(engine: WasmEngine | undefined, needed: Needed): Float32Array {
  if (engine === undefined) {
    throw new HostRefusal("NO_WASM", "This JavaScript engine has no WebAssembly: start it without --jitless.");
  }
  const bytes = probeModule(needed);
  if (!engine.validate(bytes)) throw lacking(needed);
  try {
    const memory = new engine.Memory({ initial: 1 });
    const scratch = new engine.Global({ value: "i32" }, 0);
    const { exports } = new engine.Instance(new engine.Module(bytes), { env: { memory, scratch } });
    const lanes = new Float32Array(memory.buffer);
    const x = 1 + 2 ** -12;
    lanes.fill(x, places.a / 4, places.c / 4);
    lanes.fill(-(1 + 2 ** -11), places.c / 4, places.result / 4);
    (exports["probe"] as (args: number, begin: number, end: number) => void)(0, 0, 0);
    return lanes.slice(places.result / 4, places.result / 4 + 4);
  } catch (error) {
    throw new HostRefusal(
      "NO_WASM",
      `WebAssembly does not run here (${error instanceof Error ? error.message : String(error)}): a content security policy must allow ` +
        `'wasm-unsafe-eval'.`,
      { cause: error },
    );
  }
}

function lacking(needed: Needed): HostRefusal {
  return needed === "v128.load"
    ? new HostRefusal("NO_SIMD", "The WebAssembly of this engine has no 128-bit SIMD: update it.")
    : new HostRefusal(
        "NO_RELAXED_SIMD",
        "The WebAssembly of this engine has no relaxed SIMD: update it (Node 24 has it), or use wasm-simd128.",
      );
}

/** x² is 1 + 2⁻¹¹ + 2⁻²⁴, half way between two numbers; rounded by itself it loses the 2⁻²⁴ that is left of x² - (1 + 2⁻¹¹). */
function requireFused(result: Float32Array): void {
  if (result.every((lane) => lane === 2 ** -24)) return;
  throw new HostRefusal(
    "NOT_FUSED",
    "The relaxed multiply-add of this engine rounds twice on this processor: use wasm-simd128.",
  );
}

function probeModule(needed: Needed): Uint8Array<ArrayBuffer> {
  const writer = new FunctionWriter(3);
  const load = (place: number) => {
    writer.op("local.get", 0);
    writer.op("v128.load", 4, place);
  };
  writer.op("local.get", 0);
  for (const place of needed === "v128.load" ? [places.a] : [places.a, places.b, places.c]) load(place);
  if (needed !== "v128.load") writer.op(needed);
  writer.op("v128.store", 4, places.result);
  return encodeModule([{ name: "probe", body: writer.finish() }], { shared: false });
}
