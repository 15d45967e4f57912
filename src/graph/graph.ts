import type { Value } from "./value.ts";

export interface GraphOutput {
  readonly name: string;
  readonly value: Value;
}

/** A computation: its named outputs over its inputs. Closed: every `input` reachable from the outputs is in `inputs`. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly GraphOutput[];
}

export const isGraph = (x: unknown): x is Graph =>
  typeof x === "object" && x !== null && "inputs" in x && "outputs" in x;
