import { coalesce } from "./coalesce.ts";
import { linearScan } from "./linear-scan.ts";
import { findSegments } from "./liveness.ts";
import type { Instruction, MachineFunction, Operand, RegisterClass, RegisterFile } from "./machine-function.ts";
import { isDef, isUse, mayBeMemory, vregOf } from "./machine-function.ts";
import { findRegions } from "./regions.ts";
import { spill } from "./spill.ts";
import type { Web } from "./web.ts";
import { buildWebs, sameRoot, segmentAt } from "./web.ts";

/** Where a value is that has no register: at an offset in the frame, or it is what an instruction makes again. */
export type Spilled<P> =
  | { readonly slot: number; readonly again?: undefined }
  | { readonly again: P; readonly slot?: undefined };

/** An instruction with registers. */
export interface PlacedInstruction<P> {
  readonly kind: "instruction";
  readonly instruction: Instruction<P>;
  /** For each operand its register; or, for one that may be memory, -1 - its number in `spilled`. */
  readonly registers: readonly number[];
}

/** What the allocator adds: copies, stores to the frame and loads from it, and values that are made again. */
export type PlacedMove<P> =
  /** `from` may be -1 - a number in `spilled`. */
  | {
      readonly kind: "move";
      readonly class: RegisterClass;
      readonly to: number;
      readonly from: number;
      readonly operands: readonly Operand[];
    }
  /** A copy between values that share their place: no instruction. */
  | { readonly kind: "alias"; readonly operands: readonly Operand[] }
  | { readonly kind: "store" | "load"; readonly class: RegisterClass; readonly register: number; readonly slot: number }
  | {
      readonly kind: "again";
      readonly class: RegisterClass;
      readonly register: number;
      readonly payload: P;
      readonly vreg: number;
    };

export type Placed<P> = PlacedInstruction<P> | PlacedMove<P>;

/** A function with registers. */
export interface Allocation<P> {
  readonly name: string;
  /** The class of each virtual register. */
  readonly classes: readonly RegisterClass[];
  readonly code: readonly Placed<P>[];
  readonly spilled: readonly Spilled<P>[];
  /** Bytes of stack that the slots take. */
  readonly frameBytes: number;
  /** The registers that are written. */
  readonly written: Readonly<Record<RegisterClass, ReadonlySet<number>>>;
}

/** Gives every virtual register a place. Compile with `checkAllocation` in tests. */
export function allocate<P>(machine: MachineFunction<P>, file: RegisterFile): Allocation<P> {
  const regions = findRegions(machine);
  const joined = coalesce(machine, regions, findSegments(machine, regions));
  const webs = buildWebs(machine, joined);
  const present = webs.filter((web) => web !== undefined);
  spill(machine.name, { webs: present, file, regions });
  linearScan(machine, { webs, rootOf: joined.rootOf, file });
  return new Placement(machine, { webs, rootOf: joined.rootOf, file }).run();
}

interface Found {
  readonly webs: readonly (Web | undefined)[];
  readonly rootOf: Int32Array;
  readonly file: RegisterFile;
}

/** Writes the code with its registers. */
class Placement<P> {
  readonly #machine: MachineFunction<P>;
  readonly #found: Found;
  readonly #code: Placed<P>[] = [];
  readonly #spilled: Spilled<P>[] = [];
  readonly #numbers = new Map<Web, number>();
  readonly #slots = new Map<Web, number>();
  readonly #written: Record<RegisterClass, Set<number>> = { gpr: new Set(), vec: new Set(), mask: new Set() };
  #frameBytes = 0;

  constructor(machine: MachineFunction<P>, found: Found) {
    this.#machine = machine;
    this.#found = found;
  }

  run(): Allocation<P> {
    const { name, classes, instructions } = this.#machine;
    const [before, after] = this.#additions();
    for (let at = 0; at < instructions.length; at++) {
      before.get(at)?.forEach((web) => void this.#reload(web, at));
      this.#place(instructions[at] as Instruction<P>, at);
      after.get(at)?.forEach((web) => void this.#store(web, at));
    }
    return {
      name,
      classes,
      code: this.#code,
      spilled: this.#spilled,
      frameBytes: this.#frameBytes,
      written: this.#written,
    };
  }

  /** The webs that are loaded before each instruction, and stored after it. Slots are given to the widest first. */
  #additions(): [ReadonlyMap<number, Web[]>, ReadonlyMap<number, Web[]>] {
    const [before, after] = [new Map<number, Web[]>(), new Map<number, Web[]>()];
    const add = (to: Map<number, Web[]>, at: number, web: Web): void => {
      const known = to.get(at);
      if (known) known.push(web);
      else to.set(at, [web]);
    };
    const { slotBytes } = this.#found.file;
    const stored: Web[] = [];
    for (const web of this.#found.webs) {
      if (web === undefined) continue;
      for (const at of web.reloads) add(before, at, web);
      for (const at of web.stores) add(after, at, web);
      if (web.stores.size > 0) stored.push(web);
    }
    stored.sort((a, b) => slotBytes[b.kind] - slotBytes[a.kind]);
    for (const web of stored) {
      this.#slots.set(web, this.#frameBytes);
      this.#frameBytes += slotBytes[web.kind];
    }
    return [before, after];
  }

  #reload(web: Web, at: number): void {
    const register = this.#registerOf(web, 2 * at);
    this.#written[web.kind].add(register);
    if (web.again === undefined) {
      this.#code.push({ kind: "load", class: web.kind, register, slot: this.#slotOf(web) });
      return;
    }
    const { payload, operands } = this.#machine.instructions[web.again] as Instruction<P>;
    const vreg = vregOf(operands[0] as Operand);
    this.#code.push({ kind: "again", class: web.kind, register, payload: payload as P, vreg });
  }

  #store(web: Web, at: number): void {
    this.#code.push({
      kind: "store",
      class: web.kind,
      register: this.#registerOf(web, 2 * at + 1),
      slot: this.#slotOf(web),
    });
  }

  #place(instruction: Instruction<P>, at: number): void {
    const { kind, operands } = instruction;
    if (kind === "move") {
      this.#placeMove(operands, at);
      return;
    }
    if (instruction.again && this.#isIdle(operands[0] as Operand, at)) return;
    const registers: number[] = [];
    for (let i = 0; i < operands.length; i++) registers.push(this.#locate(operands[i] as number, at));
    this.#code.push({ kind: "instruction", instruction, registers });
  }

  #placeMove(operands: readonly Operand[], at: number): void {
    if (sameRoot(operands, this.#found.rootOf)) {
      this.#code.push({ kind: "alias", operands });
      return;
    }
    const to = this.#locate(operands[0] as number, at);
    const from = this.#locate(operands[1] as number, at);
    if (to === from) this.#code.push({ kind: "alias", operands });
    else this.#code.push({ kind: "move", class: this.#webOf(operands[0] as Operand).kind, to, from, operands });
  }

  /** Whether nothing reads what a repeatable instruction makes here. */
  #isIdle(operand: Operand, at: number): boolean {
    const web = this.#webOf(operand);
    if (web.again !== at) return false;
    const segment = segmentAt(web.segments, 2 * at + 1);
    return segment < 0 || web.segments[segment + 1] === 2 * at + 1;
  }

  #locate(operand: Operand, at: number): number {
    const web = this.#webOf(operand);
    const position = isUse(operand) ? 2 * at : 2 * at + 1;
    const isScattered = web.visits !== undefined;
    if (isScattered && mayBeMemory(operand)) return this.#inMemory(web);
    const register = web.visits?.get(at) ?? (segmentAt(web.segments, position) < 0 ? -1 : web.register);
    if (register < 0) return this.#inMemory(web);
    if (isDef(operand)) this.#written[web.kind].add(register);
    return register;
  }

  #registerOf(web: Web, position: number): number {
    const register = web.visits === undefined ? web.register : (web.visits.get(position >> 1) ?? -1);
    if (register < 0)
      throw new RangeError(`Bug: v${web.root} of ${this.#machine.name} has no register at ${position >> 1}.`);
    return register;
  }

  #inMemory(web: Web): number {
    let number = this.#numbers.get(web);
    if (number === undefined) {
      number = this.#spilled.push(this.#spilledAt(web)) - 1;
      this.#numbers.set(web, number);
    }
    return -1 - number;
  }

  #spilledAt(web: Web): Spilled<P> {
    if (web.again === undefined) return { slot: this.#slotOf(web) };
    return { again: this.#machine.instructions[web.again]?.payload as P };
  }

  #slotOf(web: Web): number {
    const slot = this.#slots.get(web);
    if (slot === undefined) throw new RangeError(`Bug: v${web.root} of ${this.#machine.name} was never stored.`);
    return slot;
  }

  #webOf(operand: Operand): Web {
    const vreg = vregOf(operand);
    const web = this.#found.webs[this.#found.rootOf[vreg] as number];
    if (web === undefined) throw new RangeError(`Bug: v${vreg} of ${this.#machine.name} has no web.`);
    return web;
  }
}
