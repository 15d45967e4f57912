import type { Dim } from "../tensor/dim.ts";
import { symbolsOf } from "../tensor/dim.ts";
import type { PlanPort } from "./plan.ts";

const dimsOf = ({ type }: PlanPort): readonly Dim[] => (type.kind === "tensor" ? (type.shape ?? []) : []);

/** The symbols in the shapes of inputs, each once. */
export function inputSymbols(ports: readonly PlanPort[]): readonly string[] {
  return [...new Set(ports.flatMap((port) => dimsOf(port).flatMap(symbolsOf)))];
}
