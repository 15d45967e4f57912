import type { Webs } from "./coalesce.ts";
import type { Segments } from "./liveness.ts";
import type { Instruction, MachineFunction, RegisterClass } from "./machine-function.ts";
import { isDef, isEarly, isUse, mayBeMemory, vregOf } from "./machine-function.ts";

/** An instruction that reaches a web, and how. */
export interface Access {
  readonly at: number;
  /** Positions that it needs the value at, from first to last. */
  first: number;
  last: number;
  /** Reads a register, and not just the value wherever it is. */
  uses: boolean;
  defines: boolean;
}

/** Values that share a register, and what has become of them. */
export interface Web {
  readonly root: number;
  readonly kind: RegisterClass;
  /** Where it has its register; elsewhere it is in memory, or nowhere. */
  segments: Segments;
  /** In order, without copies within the web. */
  readonly accesses: Access[];
  /** Instructions that write it. */
  defines: number;
  /** The instruction that makes it again, where one does. */
  again: number | undefined;
  /** Instructions before which it is loaded, or made again. */
  readonly reloads: Set<number>;
  /** Instructions after which it is stored. */
  readonly stores: Set<number>;
  register: number;
  /** Where it has no register of its own: one for each instruction that needs it there. */
  visits: Map<number, number> | undefined;
}

/** The webs of a function by their root; undefined for what is part of another. */
export function buildWebs(machine: MachineFunction<unknown>, { rootOf, segments }: Webs): (Web | undefined)[] {
  const webs = segments.map((found, root): Web | undefined =>
    rootOf[root] !== root || found.length === 0 ? undefined : newWeb(machine, root, found),
  );
  for (let at = 0; at < machine.instructions.length; at++) {
    const { kind, operands, again } = machine.instructions[at] as Instruction<unknown>;
    if (kind === "move" && sameRoot(operands, rootOf)) continue;
    for (let i = 0; i < operands.length; i++) {
      const operand = operands[i] as number;
      const web = webs[rootOf[vregOf(operand)] as number];
      if (web === undefined) continue;
      const access = accessAt(web.accesses, at);
      access.uses ||= isUse(operand) && !mayBeMemory(operand);
      if (isUse(operand) || isEarly(operand)) access.first = 2 * at;
      if (!isDef(operand)) continue;
      access.last = 2 * at + 1;
      access.defines = true;
      web.defines++;
      web.again = again && web.defines === 1 ? at : undefined;
    }
  }
  return webs;
}

/** The last access, if it is of this instruction, or a new one. */
function accessAt(accesses: Access[], at: number): Access {
  const last = accesses[accesses.length - 1];
  if (last?.at === at) return last;
  const access = { at, first: 2 * at + 1, last: 2 * at, uses: false, defines: false };
  accesses.push(access);
  return access;
}

function newWeb({ classes, fixed }: MachineFunction<unknown>, root: number, segments: Segments): Web {
  return {
    root,
    kind: classes[root] as RegisterClass,
    segments,
    accesses: [],
    defines: 0,
    again: undefined,
    reloads: new Set(),
    stores: new Set(),
    register: fixed.get(root) ?? -1,
    visits: undefined,
  };
}

/** Whether a copy is within one web. */
export function sameRoot(operands: readonly number[], rootOf: Int32Array): boolean {
  return rootOf[vregOf(operands[0] as number)] === rootOf[vregOf(operands[1] as number)];
}

/** The segment of a web that holds a position, by its index, or -1. */
export function segmentAt(segments: Segments, position: number): number {
  for (let i = 0; i < segments.length; i += 2) {
    if ((segments[i] as number) <= position && position <= (segments[i + 1] as number)) return i;
  }
  return -1;
}
