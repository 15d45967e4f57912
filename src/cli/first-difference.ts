import type { Datum } from "../tensor/datum.ts";
import type { Closeness } from "./compare-data.ts";
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

/** Counts comparisons and keeps the first that fails. */
export class FirstDifference {
  readonly #closeness: Closeness;
  #values = 0;
  #found: FoundDifference | undefined;

  constructor(closeness: Closeness) {
    this.#closeness = closeness;
  }

  check({ node, origin }: Place, actual: Datum, expected: Datum): void {
    this.#values++;
    if (this.#found !== undefined) return;
    const { ok, maxAbs, maxRel, reason = "they differ", pair } = compareData(actual, expected, this.#closeness);
    if (ok) return;
    const maxUlp = pair !== undefined && pair[0].data.length === pair[1].data.length ? maxUlpDistance(...pair) : null;
    this.#found = { node, origin, maxAbs, maxRel, maxUlp, reason };
  }

  get result() {
    const values = this.#values;
    return this.#found === undefined ? { ok: true, values } : { ok: false, values, firstDifference: this.#found };
  }
}
