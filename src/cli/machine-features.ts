import { readFileSync } from "node:fs";
import { arch } from "node:os";
import { featuresOfFlags } from "../runtime/hosts/native/cpu-features.ts";

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** A module with one function of type () -> v128. */
const vectorFunction = (body: readonly number[]): readonly number[] => [
  ...[...header, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0],
  ...[10, body.length + 4, 1, body.length + 2, 0, ...body, 0x0b],
];
const zeros = [0x41, 0, 0xfd, 0x11];

/** Modules that a runtime takes only when it has the feature. */
const probes: Readonly<Record<string, readonly number[]>> = {
  wasm: header,
  // i32.const 0, i32x4.splat
  "wasm-simd128": vectorFunction(zeros),
  // f32x4.relaxed_madd of three vectors
  "wasm-relaxed-simd": vectorFunction([...zeros, ...zeros, ...zeros, 0xfd, 0x85, 0x02]),
  // A shared memory of one page.
  "wasm-threads": [...header, 5, 4, 1, 3, 1, 1],
  // A memory of one page with 64-bit addresses.
  "wasm-memory64": [...header, 5, 3, 1, 4, 1],
};

/**
 * What the JavaScript engine and the processor can do. `usable` is what a probe of the processor found; without one it is what the
 * system tells (Linux).
 */
export function machineFeatures(usable: ReadonlySet<string> | undefined): string[] {
  const engine =
    globalThis.WebAssembly === undefined
      ? []
      : Object.keys(probes).filter((name) => WebAssembly.validate(Uint8Array.from(probes[name] ?? [])));
  return [...engine, ...(usable ?? featuresOfFlags(processorFlags(), arch()))];
}

/** The flags of the first processor that Linux lists; none elsewhere, and none where the file may not be read. */
function processorFlags(): ReadonlySet<string> {
  let text: string;
  try {
    text = readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return new Set();
  }
  const [, flags = ""] = /^(?:flags|Features)\s*:(.*)$/m.exec(text) ?? [];
  return new Set(flags.trim().split(/\s+/));
}
