/** Instructions of x86-64 before registers are assigned: what the payload of a machine function's instruction is here. */
import type { Operand } from "../regalloc/machine-function.ts";
import { both, def, earlyDef, use, useAnywhere } from "../regalloc/machine-function.ts";
import type { Mnemonic } from "./instructions.ts";
import type { Condition } from "./instructions-general.ts";
import type { Reg } from "./registers.ts";

/** An operand of an instruction; `at` and `index` number the operands of the machine instruction. */
export type Slot =
  | { readonly at: number }
  | {
      readonly base: Reg | number;
      readonly index?: Reg | number;
      readonly disp: number;
      readonly broadcast?: boolean;
    }
  | { readonly constant: Uint8Array }
  | { readonly immediate: number };

export interface MachineOp {
  /** Undefined for what stands for values that come from outside. */
  readonly mnemonic: Mnemonic | undefined;
  readonly width: number | undefined;
  readonly slots: readonly Slot[];
  /** The number of the operand that masks. */
  readonly mask: number | undefined;
  readonly zeroing: boolean;
  /** For branches: the flags that the jump is taken with. */
  readonly jump: Condition | undefined;
  /** For what can be made again: the bytes of a constant, or the memory that holds the value. */
  readonly value: Uint8Array | (Slot & { readonly disp: number }) | undefined;
}

/** A byte of the arena: `index` is the virtual register with its offset there. */
export interface Address {
  readonly base: Reg;
  readonly index: number | undefined;
  readonly disp: number;
  /** Whether one element serves all lanes. */
  readonly broadcast?: boolean;
}

/** What a selection rule passes for an operand. */
export type Argument =
  | { readonly operand: Operand }
  | Address
  | { readonly sum: readonly [number, number | undefined]; readonly disp: number }
  | { readonly constant: Uint8Array }
  | Reg
  | number;

/** The result. */
export const to = (vreg: number): Argument => ({ operand: def(vreg) });
/** The result, of an instruction that writes it before it has read everything. */
export const early = (vreg: number): Argument => ({ operand: earlyDef(vreg) });
/** A source. */
export const from = (vreg: number): Argument => ({ operand: use(vreg) });
/** A source that may be memory. */
export const anywhere = (vreg: number): Argument => ({ operand: useAnywhere(vreg) });
/** A source that becomes the result. */
export const inout = (vreg: number): Argument => ({ operand: both(vreg) });

export interface OpOptions {
  readonly width?: number | undefined;
  /** The mask register's virtual register. */
  readonly mask?: number;
  readonly zeroing?: boolean;
  readonly jump?: Condition;
  readonly value?: MachineOp["value"];
  /** Operands that the instruction does not spell out. */
  readonly implicit?: readonly Operand[];
}

/** The payload and the operands of a machine instruction. */
export function machineOp(
  mnemonic: Mnemonic | undefined,
  { width, mask, zeroing = false, jump, value, implicit = [] }: OpOptions,
  args: readonly Argument[],
): { readonly payload: MachineOp; readonly operands: readonly Operand[] } {
  const operands: Operand[] = [];
  const add = (operand: Operand): number => operands.push(operand) - 1;
  const slots = args.map((arg): Slot => slotOf(arg, add));
  operands.push(...implicit);
  const masked = mask === undefined ? undefined : add(use(mask));
  return { payload: { mnemonic, width, slots, mask: masked, zeroing, jump, value }, operands };
}

function slotOf(arg: Argument, add: (operand: Operand) => number): Slot {
  if (typeof arg === "number") return { immediate: arg };
  if ("operand" in arg) return { at: add(arg.operand) };
  if ("constant" in arg) return arg;
  if ("kind" in arg) throw new RangeError("Bug: a register that is not allocated stands only in addresses.");
  if ("sum" in arg) {
    const [base, index] = arg.sum;
    const first = add(use(base));
    return index === undefined
      ? { base: first, disp: arg.disp }
      : { base: first, index: add(use(index)), disp: arg.disp };
  }
  const { base, index, disp, broadcast = false } = arg;
  return index === undefined ? { base, disp, broadcast } : { base, index: add(use(index)), disp, broadcast };
}
