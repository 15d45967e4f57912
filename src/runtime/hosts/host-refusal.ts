import { TargetError } from "../../tensor/errors.ts";

/** Why a target cannot run in this process, in one word that programs can compare. */
export type RefusalCode =
  /** An option or an environment variable turned it off. */
  | "DISABLED"
  /** Its code is for another processor architecture. */
  | "OTHER_ARCH"
  /** This runtime has no way to call machine code. */
  | "NO_FFI"
  /** The runtime has one and may not use it. */
  | "FFI_DENIED"
  /** The system lets no page become executable. */
  | "EXEC_DENIED"
  /** The processor lacks an instruction set. */
  | "CPU_TOO_OLD"
  /** The processor has it, and the system does not save its registers. */
  | "OS_STATE"
  /** A kernel gave another answer than the reference. */
  | "SELF_TEST_FAILED"
  /** Nobody has run this on such a system yet. */
  | "PLATFORM_UNTESTED"
  /** This JavaScript engine has no WebAssembly. */
  | "NO_WASM"
  /** Its WebAssembly has no 128-bit SIMD. */
  | "NO_SIMD"
  /** Its WebAssembly has no relaxed SIMD. */
  | "NO_RELAXED_SIMD"
  /** Its relaxed multiply-add rounds twice. */
  | "NOT_FUSED";

/** A target cannot run in this process: `refusal` says why in a word, the message in a sentence with the next step. */
export class HostRefusal extends TargetError {
  readonly refusal: RefusalCode;

  constructor(refusal: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.refusal = refusal;
  }
}
