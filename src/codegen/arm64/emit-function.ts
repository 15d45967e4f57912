import type { Target } from "../../ir/target.ts";
import type { Allocation, Placed, PlacedInstruction, PlacedMove } from "../regalloc/allocate.ts";
import { Assembler, Label } from "./assembler.ts";
import type { Payload } from "./code-builder.ts";
import { target as branchTarget } from "./code-builder.ts";
import { Frame } from "./frame.ts";
import { fixed } from "./registers.ts";

/** The code of a function whose registers are assigned, in the calling convention of kernels: see compile.ts. */
export function emitFunction(allocation: Allocation<Payload>, target: Target): Assembler {
  const assembler = new Assembler();
  const isScalable = target.lanes === undefined;
  const frame = new Frame(allocation, isScalable);
  frame.enter(assembler);
  assembler.emit("add_xu", fixed.args, fixed.base, fixed.args, 0);
  assembler.emit("add_xu", fixed.scratch, fixed.base, fixed.scratch, 0);
  if (isScalable) assembler.emit("ptrue", fixed.allTrue, 0);
  new FunctionWriter(allocation, { assembler, frame, isScalable }).write();
  frame.leave(assembler);
  assembler.emit("ret");
  return assembler;
}

interface Surroundings {
  readonly assembler: Assembler;
  readonly frame: Frame;
  readonly isScalable: boolean;
}

/** Writes placed instructions. */
class FunctionWriter {
  readonly #allocation: Allocation<Payload>;
  readonly #a: Assembler;
  readonly #frame: Frame;
  readonly #isScalable: boolean;
  /** Of open regions: where a loop begins, or what a condition skips to. */
  readonly #labels: Label[] = [];

  constructor(allocation: Allocation<Payload>, { assembler, frame, isScalable }: Surroundings) {
    this.#allocation = allocation;
    this.#a = assembler;
    this.#frame = frame;
    this.#isScalable = isScalable;
  }

  write(): void {
    for (const placed of this.#allocation.code) this.#step(placed);
  }

  #step(placed: Placed<Payload>): void {
    if (placed.kind === "instruction") this.#instruction(placed);
    else this.#move(placed);
  }

  #instruction({ instruction, registers }: PlacedInstruction<Payload>): void {
    if (instruction.kind === "loop") {
      const label = new Label();
      this.#labels.push(label);
      this.#a.bind(label);
      return;
    }
    if (instruction.kind === "when") this.#labels.push(new Label());
    this.#lines(instruction.payload ?? [], registers);
    if (instruction.kind === "repeat") this.#labels.pop();
    else if (instruction.kind === "end") this.#a.bind(this.#labels.pop() as Label);
  }

  #lines(payload: Payload, registers: readonly number[]): void {
    for (const { mnemonic, operands } of payload) {
      const settled = operands.map((operand) => {
        if (operand === branchTarget) return this.#labels.at(-1) as Label;
        if (typeof operand === "number" || operand instanceof Uint8Array) return operand;
        return registers[operand.slot] as number;
      });
      this.#a.emit(mnemonic, ...settled);
    }
  }

  #move(placed: PlacedMove<Payload>): void {
    if (placed.kind === "store") this.#frame.store(this.#a, placed.class, placed.register, placed.slot);
    else if (placed.kind === "load") this.#frame.load(this.#a, placed.class, placed.register, placed.slot);
    else if (placed.kind === "again") this.#lines(placed.payload, [placed.register]);
    else if (placed.kind === "move") this.#copy(placed);
  }

  #copy({ class: kind, to, from }: Extract<PlacedMove<Payload>, { readonly kind: "move" }>): void {
    if (to === from) return;
    if (from < 0) {
      const spilled = this.#allocation.spilled[-1 - from];
      if (spilled?.again) this.#lines(spilled.again, [to]);
      else this.#frame.load(this.#a, kind, to, spilled?.slot ?? 0);
    } else if (kind === "gpr") this.#a.emit("mov_x", to, from);
    else if (kind === "mask") this.#a.emit("orr_p", to, from, from, from);
    else this.#a.emit(this.#isScalable ? "orr_z" : "orr_v", to, from, from);
  }
}
