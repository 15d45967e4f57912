import type { Operand, RegisterClass } from "../regalloc/machine-function.ts";
import { both, def, earlyDef, MachineBuilder, use } from "../regalloc/machine-function.ts";
import type { Mnemonic } from "./instructions.ts";

/** A virtual register in an instruction, and what is done with it. The same object again is the same operand. */
export interface Ref {
  readonly operand: Operand;
}

export const read = (vreg: number): Ref => ({ operand: use(vreg) });
export const write = (vreg: number): Ref => ({ operand: def(vreg) });
/** Written while others are still to be read. */
export const writeEarly = (vreg: number): Ref => ({ operand: earlyDef(vreg) });
export const update = (vreg: number): Ref => ({ operand: both(vreg) });

/** Where a branch goes: the allocator's regions know. */
export const target = Symbol("target");

/** An operand before allocation: a virtual register, a number as the instruction has it, bytes in the pool, or a branch's target. */
export type Argument = number | Ref | Uint8Array | typeof target;

/** An instruction before allocation. */
export type Line = readonly [Mnemonic, ...Argument[]];

/** An operand of an instruction whose registers are listed apart: `slot` is the place in that list. */
type Settled = number | { readonly slot: number } | Uint8Array | typeof target;

/** Instructions that the allocator sees as one. */
export type Payload = readonly { readonly mnemonic: Mnemonic; readonly operands: readonly Settled[] }[];

const isRef = (argument: Argument): argument is Ref => typeof argument === "object" && "operand" in argument;

function settle(lines: readonly Line[]): { readonly payload: Payload; readonly operands: readonly Operand[] } {
  const refs: Ref[] = [];
  const slotOf = (ref: Ref): number => {
    const known = refs.indexOf(ref);
    return known >= 0 ? known : refs.push(ref) - 1;
  };
  const payload = lines.map(([mnemonic, ...args]) => ({
    mnemonic,
    operands: args.map((argument): Settled => (isRef(argument) ? { slot: slotOf(argument) } : argument)),
  }));
  return { payload, operands: refs.map(({ operand }) => operand) };
}

/** Appends instructions on virtual registers. */
export class CodeBuilder {
  readonly #machine = new MachineBuilder<Payload>();

  vreg(kind: RegisterClass, register?: number): number {
    return this.#machine.vreg(kind, register);
  }

  op(...line: Line): void {
    this.sequence(line);
  }

  /** Instructions with nothing between them. */
  sequence(...lines: readonly Line[]): void {
    const { payload, operands } = settle(lines);
    this.#machine.op(payload, operands);
  }

  /** Instructions that make `result` from nothing and may be repeated. */
  source(result: number, lines: (to: Ref) => readonly Line[]): void {
    this.#machine.source(settle(lines(write(result))).payload, result);
  }

  move(to: number, from: number): void {
    this.#machine.move(to, from);
  }

  /** Gives all of `to` the values of `from` at once. */
  moveAll(to: readonly number[], from: readonly number[]): void {
    const written = new Set(to);
    const sources = from.map((source, i) => {
      if (source === to[i] || !written.has(source)) return source;
      const copy = this.vreg(this.classOf(source));
      this.move(copy, source);
      return copy;
    });
    to.forEach((each, i) => void this.move(each, sources[i] as number));
  }

  /** Begins a region that the last line skips. `carried` are the registers of outside that are written in it. */
  when(carried: readonly number[], ...lines: readonly Line[]): void {
    const { payload, operands } = settle(lines);
    this.#machine.when(payload, operands, carried);
  }

  end(): void {
    this.#machine.end();
  }

  loop(carried: readonly number[]): void {
    this.#machine.loop(carried);
  }

  /** Ends a loop; the last line goes back to its start. */
  repeat(...lines: readonly Line[]): void {
    const { payload, operands } = settle(lines);
    this.#machine.repeat(payload, operands);
  }

  classOf(vreg: number): RegisterClass {
    return this.#machine.classes[vreg] as RegisterClass;
  }

  finish(name: string): ReturnType<MachineBuilder<Payload>["finish"]> {
    return this.#machine.finish(name);
  }
}
