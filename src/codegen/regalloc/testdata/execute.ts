/** Runs functions of the toy instruction set, in virtual registers and after allocation, and tells what each instruction read. */
import type { Allocation, Placed } from "../allocate.ts";
import type { Instruction, InstructionKind, MachineFunction, Operand } from "../machine-function.ts";
import { isDef, isUse, vregOf } from "../machine-function.ts";
import type { ToyOp } from "./toy.ts";

/** What instruction `id` makes of its operands, as the number of the result. */
const mix = (id: number, inputs: readonly number[], output: number): number =>
  inputs.reduce((sum, value) => Math.imul(sum ^ value, 0x01000193), Math.imul(id + 1, 0x9e3779b1) + output);

interface Step {
  readonly kind: InstructionKind;
  readonly payload: ToyOp | undefined;
  /** Does what the instruction does, and gives what it reads. */
  run(): readonly number[];
}

/** Follows loops and conditions. Each line of the result is an instruction's number and what it read. */
function follow(steps: readonly Step[]): string[] {
  const trace: string[] = [];
  const ends = new Int32Array(steps.length);
  const open: number[] = [];
  steps.forEach(({ kind }, at) => {
    if (kind === "loop" || kind === "when") open.push(at);
    else if (kind === "repeat" || kind === "end") ends[at] = open.pop() ?? -1;
    if (kind === "end") ends[ends[at]!] = at;
  });
  const rounds = new Map<number, number>();
  for (let at = 0; at < steps.length; at++) {
    const { kind, payload, run } = steps[at]!;
    const inputs = run();
    if (payload) trace.push(`${payload.id}: ${inputs.join(" ")}`);
    if (kind === "when" && (inputs[0]! & 1) === 1) at = ends[at]!;
    if (kind !== "repeat") continue;
    const done = (rounds.get(at) ?? 0) + 1;
    rounds.set(at, done < payload!.rounds ? done : 0);
    if (done < payload!.rounds) at = ends[at]!;
  }
  return trace;
}

/** Reads and writes by operand number. */
interface Places {
  get(operand: number): number;
  set(operand: number, value: number): void;
}

function runOperands({ kind, operands, payload }: Instruction<ToyOp>, { get, set }: Places): readonly number[] {
  const inputs = operands.flatMap((operand: Operand, i) => (isUse(operand) ? [get(i)] : []));
  operands.forEach((operand, i) => {
    if (isDef(operand)) set(i, kind === "move" ? inputs[0]! : mix(payload!.id, inputs, i));
  });
  return inputs;
}

export function runVirtual({ instructions }: MachineFunction<ToyOp>): string[] {
  const values = new Map<number, number>();
  return follow(
    instructions.map((instruction) => {
      const { kind, payload, operands } = instruction;
      const places: Places = {
        get: (i) => values.get(vregOf(operands[i]!)) ?? Number.NaN,
        set: (i, value) => values.set(vregOf(operands[i]!), value),
      };
      const isSource = instruction.again;
      return { kind, payload: isSource ? undefined : payload, run: () => runOperands(instruction, places) };
    }),
  );
}

export function runAllocated({ code, classes, spilled }: Allocation<ToyOp>): string[] {
  const values = new Map<string, number>();
  const read = (kind: string, place: number): number => {
    if (place >= 0) return values.get(`${kind} ${place}`) ?? Number.NaN;
    const { slot, again } = spilled[-1 - place]!;
    return slot === undefined ? mix(again!.id, [], 0) : (values.get(`slot ${slot}`) ?? Number.NaN);
  };
  const stepOf = (placed: Placed<ToyOp>): Step => {
    const step = (act: () => void): Step => {
      const run = (): number[] => {
        act();
        return [];
      };
      return { kind: "op", payload: undefined, run };
    };
    switch (placed.kind) {
      case "instruction": {
        const { instruction, registers } = placed;
        const { kind, payload, operands } = instruction;
        const classOf = (i: number): string => classes[vregOf(operands[i]!)]!;
        const places: Places = {
          get: (i) => read(classOf(i), registers[i]!),
          set: (i, value) => values.set(`${classOf(i)} ${registers[i]}`, value),
        };
        return { kind, payload: instruction.again ? undefined : payload, run: () => runOperands(instruction, places) };
      }
      case "move":
        return step(() => values.set(`${placed.class} ${placed.to}`, read(placed.class, placed.from)));
      case "store":
        return step(() => values.set(`slot ${placed.slot}`, read(placed.class, placed.register)));
      case "load":
        return step(() =>
          values.set(`${placed.class} ${placed.register}`, values.get(`slot ${placed.slot}`) ?? Number.NaN),
        );
      case "again":
        return step(() => values.set(`${placed.class} ${placed.register}`, mix(placed.payload.id, [], 0)));
      case "alias":
        return step(() => {});
    }
  };
  return follow(code.map(stepOf));
}
