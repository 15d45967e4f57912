import type { Machine } from "./machines.ts";
import { machinesOf } from "./machines.ts";

let turn = 0;

/**
 * The compiled machines of a class and one more, in turn: between them a suite of some cases meets every machine, in a fraction of the time that
 * all machines for each case would take.
 */
export function machinesInTurn(fused: boolean): Machine[] {
  const isInterpreted = ({ name }: Machine): boolean => name.includes(" form, ");
  const all = machinesOf(fused);
  const interpreted = all.filter(isInterpreted);
  const one = interpreted[turn++ % interpreted.length];
  return [...all.filter((machine) => !isInterpreted(machine)), ...(one ? [one] : [])];
}
