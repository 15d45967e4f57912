import type { Allocation, Placed, PlacedInstruction, Spilled } from "../regalloc/allocate.ts";
import type { RegisterClass } from "../regalloc/machine-function.ts";
import { vregOf } from "../regalloc/machine-function.ts";
import { Assembler } from "./assembler.ts";
import type { Mnemonic } from "./instructions.ts";
import { formsOf } from "./instructions.ts";
import type { MachineOp, Slot } from "./machine-op.ts";
import type { Label, Mem, Operand } from "./operand.ts";
import { broadcast, mem } from "./operand.ts";
import type { Reg } from "./registers.ts";
import { gpr, mask, rsp, vec } from "./registers.ts";
import type { X64Target } from "./targets.ts";
import { preserved } from "./targets.ts";

const registers: Readonly<Record<RegisterClass, (id: number) => Reg>> = { gpr, vec, mask };

/** The alignment of innermost loops, so that their code comes from as few lines of the decoder's cache as can be. */
const loopAlignment = 32;

/** An allocated function as an assembler's instructions. It keeps what callers want kept, and ends with ret. */
export function assemble(allocation: Allocation<MachineOp>, target: X64Target): Assembler {
  return new FunctionAssembler(allocation, target).run();
}

class FunctionAssembler {
  readonly #asm = new Assembler();
  readonly #target: X64Target;
  readonly #allocation: Allocation<MachineOp>;
  /** Where each open loop begins, or where each open condition ends. */
  readonly #labels: Label[] = [];

  constructor(allocation: Allocation<MachineOp>, target: X64Target) {
    this.#allocation = allocation;
    this.#target = target;
  }

  run(): Assembler {
    const { code, frameBytes, written } = this.#allocation;
    const asm = this.#asm;
    const saved = preserved.filter((id) => written.gpr.has(id)).map(gpr);
    for (const register of saved) asm.emit("push", {}, register);
    if (frameBytes > 0) asm.emit("sub", { width: 64 }, rsp, frameBytes);
    code.forEach((placed, at) => void this.#place(placed, at));
    if (frameBytes > 0) asm.emit("add", { width: 64 }, rsp, frameBytes);
    for (const register of saved.reverse()) asm.emit("pop", {}, register);
    asm.emit("ret", {});
    return asm;
  }

  #place(placed: Placed<MachineOp>, at: number): void {
    if (placed.kind === "instruction") this.#placeInstruction(placed, at);
    else if (placed.kind === "move") this.#move(placed);
    else if (placed.kind === "again") this.#emit(placed.payload, () => registers[placed.class](placed.register));
    else if (placed.kind !== "alias") {
      const [register, slot] = [registers[placed.class](placed.register), mem(rsp, placed.slot)];
      if (placed.kind === "store") this.#copy(placed.class, slot, register);
      else this.#copy(placed.class, register, slot);
    }
  }

  #placeInstruction({ instruction, registers: places }: PlacedInstruction<MachineOp>, at: number): void {
    const { kind, payload, operands } = instruction;
    const { classes, spilled } = this.#allocation;
    if (kind === "loop") this.#enterLoop(at);
    if (payload !== undefined) {
      this.#emit(payload, (i) => {
        const place = places[i] as number;
        if (place < 0) return this.#memory(spilled[-1 - place] as Spilled<MachineOp>, payload);
        return registers[classes[vregOf(operands[i] as number)] as RegisterClass](place);
      });
    }
    if (kind === "when") this.#labels.push(this.#asm.label());
    const label = this.#labels.at(-1);
    if (payload?.jump !== undefined && label) this.#asm.jcc(payload.jump, label);
    if (kind === "end" && label) this.#asm.bind(label);
    if (kind === "end" || kind === "repeat") this.#labels.pop();
  }

  #enterLoop(at: number): void {
    const label = this.#asm.label();
    if (this.#isInnermost(at)) this.#asm.align(loopAlignment);
    this.#asm.bind(label);
    this.#labels.push(label);
  }

  #isInnermost(loop: number): boolean {
    const { code } = this.#allocation;
    for (let at = loop + 1; at < code.length; at++) {
      const placed = code[at] as Placed<MachineOp>;
      const kind = placed.kind === "instruction" ? placed.instruction.kind : "op";
      if (kind === "repeat" || kind === "loop") return kind === "repeat";
    }
    return true;
  }

  #emit({ mnemonic, width, slots, mask: masked, zeroing }: MachineOp, operandAt: (i: number) => Operand): void {
    if (mnemonic === undefined) return;
    const masking = masked === undefined ? undefined : { mask: operandAt(masked) as Reg, zeroing };
    const options = { ...(width === undefined ? {} : { width }), ...masking };
    this.#asm.emit(mnemonic, options, ...slots.map((slot) => this.#operand(slot, operandAt)));
  }

  #operand(slot: Slot, operandAt: (i: number) => Operand): Operand {
    if ("at" in slot) return operandAt(slot.at);
    if ("immediate" in slot) return slot.immediate;
    if ("constant" in slot) return this.#asm.constant(slot.constant);
    const register = (part: Reg | number): Reg => (typeof part === "number" ? (operandAt(part) as Reg) : part);
    const { base, index, disp } = slot;
    const address: Mem =
      index === undefined ? mem(register(base), disp) : { base: register(base), index: register(index), disp };
    return slot.broadcast === true ? broadcast(address) : address;
  }

  /** What an instruction reads in place of a register: a slot of the frame, an argument, or a constant of the pool. */
  #memory({ slot, again }: Spilled<MachineOp>, { mnemonic, width }: MachineOp): Operand {
    if (slot !== undefined) return mem(rsp, slot);
    const value = again.value;
    if (value === undefined) throw new RangeError(`Bug: what ${again.mnemonic} makes has no place in memory.`);
    if (!(value instanceof Uint8Array)) return this.#operand(value, () => rsp);
    if (width === undefined) return this.#asm.constant(value.subarray(0, 4));
    const canBroadcast = this.#target.evex && mnemonic !== undefined && hasBroadcast(mnemonic) && isRepeated(value);
    if (canBroadcast) return broadcast(this.#asm.constant(value.subarray(0, 4)));
    return this.#asm.constant(value.length > width / 8 ? value.subarray(0, width / 8) : value);
  }

  #move({ class: kind, to, from }: Placed<MachineOp> & { readonly kind: "move" }): void {
    const target = registers[kind](to);
    const spilled = this.#allocation.spilled[-1 - from];
    if (from >= 0) this.#copy(kind, target, registers[kind](from));
    else if (spilled?.again !== undefined) this.#emit(spilled.again, () => target);
    else this.#copy(kind, target, mem(rsp, spilled?.slot ?? 0));
  }

  #copy(kind: RegisterClass, to: Reg | Mem, from: Reg | Mem): void {
    if (kind === "gpr") this.#asm.emit("mov", { width: 64 }, to, from);
    else if (kind === "mask") this.#asm.emit("kmovq", {}, to, from);
    else this.#asm.emit("vmovups", { width: this.#target.vectorBits }, to, from);
  }
}

const hasBroadcast = (mnemonic: Mnemonic): boolean => formsOf(mnemonic).some((form) => form.broadcast === 4);

/** Whether all 32-bit words of a constant are the same. */
function isRepeated(bytes: Uint8Array): boolean {
  for (let i = 4; i < bytes.length; i++) if (bytes[i] !== bytes[i - 4]) return false;
  return true;
}
