import { existsSync, readFileSync } from "node:fs";

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

/** Features of processors that kernels care about, as Linux names them. */
const cpuFlags = [
  ...["sse4_1", "avx", "avx2", "fma", "f16c", "avx_vnni", "avx512f", "avx512bw", "avx512vl", "avx512_vnni"],
  ...["avx512_bf16", "avx512_fp16", "amx_tile", "amx_int8", "amx_bf16"],
  ...["asimd", "asimdhp", "asimddp", "i8mm", "bf16", "sve", "sve2", "sme"],
];

/** What the JavaScript engine and, where the system tells it (Linux), the processor can do. */
export function machineFeatures(): string[] {
  const engine = Object.keys(probes).filter((name) => WebAssembly.validate(Uint8Array.from(probes[name] ?? [])));
  const flags = processorFlags();
  return [...engine, ...cpuFlags.filter((flag) => flags.has(flag))];
}

function processorFlags(): ReadonlySet<string> {
  if (!existsSync("/proc/cpuinfo")) return new Set();
  const text = readFileSync("/proc/cpuinfo", "utf8");
  const [, flags = ""] = /^(?:flags|Features)\s*:(.*)$/m.exec(text) ?? [];
  return new Set(flags.trim().split(/\s+/));
}
