/** A target that runs as machine code: the architecture it is for, and what the processor must have. */
export interface NativeTarget {
  readonly name: string;
  readonly arch: "x64" | "arm64";
  /** Names of x64Features or arm64Features. */
  readonly needs: readonly string[];
}

/** All of them, of each architecture the plainest first. */
export const nativeTargets: readonly NativeTarget[] = [
  { name: "x64-avx2", arch: "x64", needs: ["avx2", "fma", "f16c", "bmi2"] },
  {
    name: "x64-avx512",
    arch: "x64",
    needs: ["avx2", "fma", "f16c", "bmi2", "avx512f", "avx512bw", "avx512dq", "avx512vl"],
  },
  { name: "arm64-neon", arch: "arm64", needs: ["neon"] },
  { name: "arm64-sve2", arch: "arm64", needs: ["neon", "sve", "sve2"] },
];
