import type { Tolerance } from "../tensor/compare.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import { isFloat } from "../tensor/dtype.ts";
import { numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { compareData } from "./compare-data.ts";
import { maxUlpDistance } from "./ulp-distance.ts";

/** Where two runs part: the step or output, the ONNX node that it comes from, and by how much. */
export interface FoundDifference {
  readonly node: string;
  readonly origin: string;
  readonly maxAbs: number;
  readonly maxRel: number;
  /** Null for what is no float tensor. */
  readonly maxUlp: number | null;
  readonly reason: string;
}

export interface Place {
  readonly node: string;
  readonly origin: string;
}

/** The tolerance as the command line gives it; what it leaves out follows from the dtype. */
export interface GivenTolerance {
  readonly rtol?: number;
  readonly atol?: number;
}

/**
 * Counts comparisons and keeps the first that fails. The absolute tolerance counts for values up to 1 and grows with the largest one
 * of the expected tensor: inside a model, elements near 0 carry the rounding of their large neighbours.
 */
export class FirstDifference {
  readonly #given: GivenTolerance;
  #unit = 0;
  #values = 0;
  #found: FoundDifference | undefined;

  constructor(given: GivenTolerance) {
    this.#given = given;
  }

  check({ node, origin }: Place, actual: Datum, expected: Datum): void {
    this.#values++;
    if (this.#found !== undefined) return;
    const {
      ok,
      maxAbs,
      maxRel,
      reason = "they differ",
      pair,
    } = compareData(actual, expected, this.#toleranceFor(expected));
    if (ok) return;
    const maxUlp = pair !== undefined && pair[0].data.length === pair[1].data.length ? maxUlpDistance(...pair) : null;
    this.#found = { node, origin, maxAbs, maxRel, maxUlp, reason };
  }

  /** Unless given: 1e-3 and 1e-5, or more once a narrower float was seen, since everything after it carries its rounding. */
  #toleranceFor(expected: Datum): Tolerance {
    this.#unit = Math.max(this.#unit, narrowUnit(expected));
    const { rtol = Math.max(1e-3, 4 * this.#unit), atol = Math.max(1e-5, this.#unit) } = this.#given;
    return { rtol, atol: isTensor(expected) && isFloat(expected.dtype) ? atol * largestOf(expected) : atol };
  }

  get result() {
    const values = this.#values;
    return this.#found === undefined ? { ok: true, values } : { ok: false, values, firstDifference: this.#found };
  }
}

/** The unit in the last place of a value of magnitude 1 to 2, for floats narrower than f32; 0 for other data. */
function narrowUnit(datum: Datum): number {
  const dtype = isTensor(datum) ? datum.dtype : undefined;
  return dtype === "f16" ? 2 ** -10 : dtype === "bf16" ? 2 ** -7 : 0;
}

/** The largest finite magnitude of a tensor, 1 at least. */
function largestOf(tensor: Tensor): number {
  let largest = 1;
  for (const value of numbers(tensor)) {
    const size = Math.abs(value);
    if (size > largest && size !== Number.POSITIVE_INFINITY) largest = size;
  }
  return largest;
}
