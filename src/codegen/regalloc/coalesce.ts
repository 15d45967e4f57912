import type { Segments } from "./liveness.ts";
import { overlap, union } from "./liveness.ts";
import type { Instruction, MachineFunction } from "./machine-function.ts";
import { vregOf } from "./machine-function.ts";
import type { Regions } from "./regions.ts";

/** Values that share one register, by their representative. */
export interface Webs {
  /** The representative of each virtual register. */
  readonly rootOf: Int32Array;
  /** The segments of each representative. */
  readonly segments: readonly Segments[];
}

/**
 * Lets the two sides of a copy be one value wherever they are never needed at the same time, those of the innermost loops
 * first. So what a loop hands on stays where it is, and an accumulator is its own first source.
 */
export function coalesce(machine: MachineFunction<unknown>, regions: Regions, found: readonly Segments[]): Webs {
  const segments = [...found];
  const rootOf = Int32Array.from(segments, (_, vreg) => vreg);
  const find = (vreg: number): number => {
    let root = vreg;
    while (rootOf[root] !== root) root = rootOf[root] as number;
    rootOf[vreg] = root;
    return root;
  };
  const isFixed = new Uint8Array(segments.length);
  for (const vreg of machine.fixed.keys()) isFixed[vreg] = 1;
  for (const i of movesByDepth(machine, regions)) {
    const [to, from] = (machine.instructions[i] as Instruction<unknown>).operands as [number, number];
    const [a, b] = [find(vregOf(to)), find(vregOf(from))];
    if (a === b || isFixed[a] || isFixed[b]) continue;
    const [left, right] = [segments[a] as Segments, segments[b] as Segments];
    if (overlap(left, right)) continue;
    rootOf[b] = a;
    segments[a] = union(left, right);
    segments[b] = [];
  }
  for (let vreg = 0; vreg < rootOf.length; vreg++) find(vreg);
  return { rootOf, segments };
}

function movesByDepth({ instructions }: MachineFunction<unknown>, { of }: Regions): number[] {
  const byDepth: number[][] = [];
  instructions.forEach(({ kind }, i) => {
    if (kind !== "move") return;
    const depth = of[i]?.depth ?? 0;
    byDepth[depth] ??= [];
    byDepth[depth].push(i);
  });
  return byDepth.reverse().flat();
}
