import type { Datum } from "../tensor/datum.ts";

/** One finished step, as `onStep` sees it. The outputs are valid only during the call. */
export interface StepReport {
  /** The plan's step whose results these are. */
  readonly index: number;
  /** The schedule that ran it, or "eval". */
  readonly kernel: string;
  /** The operator; several joined by + where one kernel did them. */
  readonly op: string;
  /** The ONNX node that the step comes from. */
  readonly origin: string;
  readonly ms: number;
  readonly outputs: readonly (Datum | undefined)[];
  /** Why no kernel ran it. */
  readonly reasons: readonly string[];
  /** Arithmetic of the kernels that ran it; undefined for `eval`. */
  readonly flops: number | undefined;
  /** Bytes that those kernels read and write at least; undefined for `eval`. */
  readonly bytes: number | undefined;
}
