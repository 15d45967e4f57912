import { setFlagsFromString } from "node:v8";

/** Node 20 has relaxed SIMD behind a flag that later versions do not know, since they have it on. */
const isBehindFlag = process.versions.node.startsWith("20.");

/** Lets this process have relaxed SIMD, the engine in it too. */
export function allowRelaxedSimd(): void {
  if (isBehindFlag) setFlagsFromString("--experimental-wasm-relaxed-simd");
}

/** Compiles with relaxed SIMD, and leaves the process as a user has it. */
export function compileRelaxed(bytes: BufferSource): WebAssembly.Module {
  allowRelaxedSimd();
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    if (isBehindFlag) setFlagsFromString("--no-experimental-wasm-relaxed-simd");
  }
}
