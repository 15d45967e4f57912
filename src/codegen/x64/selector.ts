import { constantOf } from "../../ir/fold-integer.ts";
import type { Node, Region } from "../../ir/node.ts";
import type { Type } from "../../ir/type.ts";
import { elementOf, formOf } from "../../ir/type.ts";
import type { MachineBuilder, RegisterClass } from "../regalloc/machine-function.ts";
import type { Uses } from "../uses.ts";
import type { Mnemonic } from "./instructions.ts";
import type { Condition } from "./instructions-general.ts";
import type { Address, Argument, MachineOp, OpOptions } from "./machine-op.ts";
import { anywhere, from, machineOp, to } from "./machine-op.ts";
import type { Folds } from "./plan-folds.ts";
import { rdi, rsi } from "./registers.ts";
import type { X64Target } from "./targets.ts";

/** Emits the machine instructions of one leaf, and says where its value is. */
export type Rule = (s: Selector, node: Node) => void;

/** A comparison, and the flags that a jump is taken with. */
export interface Branch {
  readonly mnemonic: Mnemonic;
  readonly args: readonly Argument[];
  readonly jump: Condition;
}

interface Context {
  readonly target: X64Target;
  readonly uses: Uses;
  readonly folds: Folds;
  /** The virtual register with the address of the thread's scratch. */
  readonly scratch: number;
}

/** A 32-bit word in every lane of a register. */
const wordBytes = (word: number): Uint8Array => new Uint8Array(Int32Array.of(word).buffer);

const bitsOfFloat = (value: number): number => new Int32Array(Float32Array.of(value).buffer)[0] as number;

/** What selection rules work with: the values selected so far, constants, and the code of one kernel. */
export class Selector {
  readonly target: X64Target;
  readonly uses: Uses;
  readonly folds: Folds;
  readonly builder: MachineBuilder<MachineOp>;
  readonly #scratch: number;
  readonly #values = new Map<Node, number>();
  /** How many values each virtual register holds. */
  readonly #holds: number[] = [];
  readonly #constants = new Map<string, number>();
  /** Sources whose value no memory holds as an operand needs it. */
  readonly #inRegistersOnly = new Set<number>();
  /** Values that hold within the regions that are open, innermost last. */
  readonly #scopes: Map<unknown, number>[] = [new Map()];

  constructor(builder: MachineBuilder<MachineOp>, { target, uses, folds, scratch }: Context) {
    this.builder = builder;
    this.target = target;
    this.uses = uses;
    this.folds = folds;
    this.#scratch = scratch;
  }

  /** Bits of a vector type; of a scalar's register, 128. */
  bitsOf(type: Type): number {
    return formOf(type) === "vec" ? this.target.vectorBits : 128;
  }

  /** A new virtual register for values of a type. */
  fresh(type: Type): number {
    return this.builder.vreg(this.classOf(type));
  }

  classOf(type: Type): RegisterClass {
    if (type === "i32") return "gpr";
    return type !== "f32" && elementOf(type).startsWith("mask") && this.target.evex ? "mask" : "vec";
  }

  /** The virtual register that a rule puts the node's value in. */
  define(node: Node): number {
    const vreg = this.fresh(node.type);
    this.alias(node, vreg);
    return vreg;
  }

  /** The node's value is already there. */
  alias(node: Node, vreg: number): void {
    this.#values.set(node, vreg);
    this.#holds[vreg] = (this.#holds[vreg] ?? 0) + 1;
  }

  /**
   * The virtual register that a rule puts the node's value in, by the one instruction that reads its operands: that of what the
   * region carries, where it is handed on as that and what was there is not needed any more.
   */
  defineLast(node: Node): number {
    const over = this.#carriedBefore(node);
    if (over === undefined) return this.define(node);
    this.#values.set(node, over);
    return over;
  }

  /** A virtual register for `value` that holds what `source` does: that of `source`, where `user` is the last to need it, or a copy. */
  defineFrom(value: Node, source: Node, user = value): number {
    const start = this.valueOf(source);
    if (this.#holds[start] === 1 && this.dies(source, user)) {
      this.#values.set(value, start);
      return start;
    }
    const made = this.define(value);
    this.builder.move(made, start);
    return made;
  }

  /** Nothing needs the values of these virtual registers by the names that they have so far. */
  release(vregs: readonly number[]): void {
    for (const vreg of vregs) this.#holds[vreg] = (this.#holds[vreg] ?? 0) - 1;
  }

  #carriedBefore(node: Node): number | undefined {
    const [use, another] = this.uses.of(node);
    const place = this.uses.place(node);
    if (use === undefined || another !== undefined || use.user !== undefined || use.region !== place?.region)
      return undefined;
    const { params, yields } = use.region;
    const param = params[params.length - yields.length + use.slot] as Node;
    const isDone = this.uses.of(param).every(({ region, index }) => region === place.region && index <= place.index);
    const vreg = this.#values.get(param);
    return isDone && vreg !== undefined && this.#holds[vreg] === 1 ? vreg : undefined;
  }

  /** The virtual register with a value. */
  valueOf(node: Node | undefined): number {
    if (node === undefined) throw new RangeError("Bug: an instruction lacks an operand.");
    const known = this.#values.get(node) ?? this.#source(node);
    if (known === undefined) throw new RangeError(`Bug: %${node.id} (${node.op}) is used before it is selected.`);
    return known;
  }

  /** A value as an operand that may be memory: a read that belongs there, or a register, or where it was spilled to. */
  operand(node: Node | undefined): Argument {
    if (node !== undefined && this.folds.reads.has(node)) return this.address(node);
    return this.place(this.valueOf(node));
  }

  /** A value in a register, or in memory where it was spilled. */
  place(vreg: number): Argument {
    return this.#inRegistersOnly.has(vreg) ? from(vreg) : anywhere(vreg);
  }

  isFolded(node: Node | undefined): boolean {
    return node !== undefined && this.folds.reads.has(node);
  }

  /** Whether a value is made from nothing, and so costs no register for long. */
  isSource({ op, args }: Node): boolean {
    const [first] = args;
    return op === "const" || op === "argument" || (op === "splat" && first !== undefined && this.isSource(first));
  }

  /** Whether `node` is needed by `user` alone, and made in the same region or carried by it. */
  dies(node: Node, user: Node): boolean {
    if (this.uses.of(node).length !== 1 || this.isSource(node)) return false;
    const region = this.uses.place(user)?.region;
    const place = this.uses.place(node);
    return place === undefined ? carriedNumber(node, region) >= 0 : place.region === region;
  }

  /** Where a read or write goes. */
  address({ op, args, immediate }: Node): Address {
    const [base] = args as [Node];
    const disp = immediate["offset"] as number;
    const broadcast = op === "readSplat" && this.target.evex;
    const constant = constantOf(base);
    if (constant !== undefined) return { base: rdi, index: undefined, disp: disp + constant, broadcast };
    if (base.op === "scratch")
      return { base: rdi, index: this.#scratch, disp: disp + (base.immediate["offset"] as number), broadcast };
    return { base: rdi, index: this.valueOf(base), disp, broadcast };
  }

  op(mnemonic: Mnemonic, options: OpOptions, ...args: readonly Argument[]): void {
    const { payload, operands } = machineOp(mnemonic, options, args);
    this.builder.op(payload, operands);
  }

  /** Begins a region that is skipped with the flags of `branch`. */
  when({ mnemonic, args, jump }: Branch, carried: readonly number[]): void {
    const { payload, operands } = machineOp(mnemonic, { width: 32, jump }, args);
    this.builder.when(payload, operands, carried);
  }

  /** Ends a loop that goes on with the flags of `branch`. */
  repeat({ mnemonic, args, jump }: Branch): void {
    const { payload, operands } = machineOp(mnemonic, { width: 32, jump }, args);
    this.builder.repeat(payload, operands);
  }

  /** Whether a node has its value already. */
  isSelected(node: Node): boolean {
    return this.#values.has(node);
  }

  /** A copy that may be changed. */
  copy(vreg: number): number {
    const made = this.builder.vreg(this.builder.classes[vreg] as RegisterClass);
    this.builder.move(made, vreg);
    return made;
  }

  /** A general register with a constant. */
  integer(value: number): number {
    return this.#constant(`i${value}`, "gpr", (vreg) => this.#make(vreg, "mov", { width: 32 }, value));
  }

  /** A vector register with a 32-bit word in every lane. */
  word(word: number): number {
    return this.#constant(`w${word}`, "vec", (vreg) => this.#fillWord(vreg, word));
  }

  /** A vector register with an f32 in every lane. */
  float(value: number): number {
    return this.word(bitsOfFloat(value));
  }

  /** A vector register with these bytes, as many as it has or the 16 of a quad. */
  bytes(bytes: Uint8Array): number {
    return this.#constant(`b${bytes.join()}`, "vec", (vreg) =>
      this.#make(vreg, "vmovups", { width: 8 * bytes.length, value: bytes }, { constant: bytes }),
    );
  }

  /** A vector register with the numbers of its lanes. */
  iota(): number {
    return this.bytes(new Uint8Array(Int32Array.from({ length: this.target.vectorBits / 32 }, (_, i) => i).buffer));
  }

  /** Puts a constant in a virtual register that other code may change. False where it has to be copied there. */
  setConstant(vreg: number, { op, type, args, immediate }: Node): boolean {
    const value = immediate["value"] as number | undefined;
    if (op === "const" && type === "i32") this.op("mov", { width: 32 }, to(vreg), value as number);
    else if (op === "splat" && args[0]?.op === "const" && Object.is(args[0].immediate["value"], 0)) this.#clear(vreg);
    else return false;
    return true;
  }

  /** The value that the regions around already have for this key, or a new one. */
  once(key: unknown, make: () => number): number {
    for (const scope of this.#scopes) {
      const known = scope.get(key);
      if (known !== undefined) return known;
    }
    const made = make();
    this.#scopes.at(-1)?.set(key, made);
    return made;
  }

  enter(): void {
    this.#scopes.push(new Map());
  }

  leave(): void {
    this.#scopes.pop();
  }

  /** Values that come from nothing are made when they are first asked for, at the start of the function. */
  #source(node: Node): number | undefined {
    const { op, args, type, immediate } = node;
    const [first] = args;
    let vreg: number | undefined;
    if (op === "const") {
      const value = immediate["value"] as number;
      vreg = type === "i32" ? this.integer(value) : this.float(value);
    } else if (op === "splat" && first?.op === "const") vreg = this.word(splatWord(type, first));
    else if (op === "argument") vreg = this.#argument(node);
    else if (
      op === "splat" &&
      first?.op === "argument" &&
      this.classOf(type) === "vec" &&
      elementOf(type) === first.type
    )
      vreg = this.#splatArgument(type, first);
    else if (op === "iota") vreg = this.iota();
    else if (op === "scratch") vreg = this.#scratchAt(immediate["offset"] as number);
    if (vreg !== undefined && op !== "scratch") this.#values.set(node, vreg);
    return vreg;
  }

  #argument({ type, immediate }: Node): number {
    const disp = 4 * (immediate["word"] as number);
    const slot = { base: rdi, index: rsi, disp } as const;
    return this.#constant(`a${disp} ${type}`, this.classOf(type), (vreg) => {
      const [mnemonic, width] = type === "f32" ? (["vmovss", undefined] as const) : (["mov", 32] as const);
      this.#sourceFrom(vreg, { mnemonic, width, slot, value: slot });
    });
  }

  #splatArgument(type: Type, { immediate }: Node): number {
    const disp = 4 * (immediate["word"] as number);
    const slot = { base: rdi, index: rsi, disp } as const;
    const width = this.bitsOf(type);
    return this.#constant(`s${disp} ${width}`, "vec", (vreg) => {
      this.#sourceFrom(vreg, { mnemonic: "vbroadcastss", width, slot, value: undefined });
      this.#inRegistersOnly.add(vreg);
    });
  }

  #scratchAt(offset: number): number {
    return this.once(`scratch ${offset}`, () => {
      if (offset === 0) return this.#scratch;
      const vreg = this.builder.vreg("gpr");
      this.op("lea", { width: 32 }, to(vreg), { sum: [this.#scratch, undefined], disp: offset });
      return vreg;
    });
  }

  #constant(key: string, kind: RegisterClass, make: (vreg: number) => void): number {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const vreg = this.builder.vreg(kind);
    this.#constants.set(key, vreg);
    if (kind === "gpr") this.#inRegistersOnly.add(vreg);
    make(vreg);
    if (key.startsWith("a")) this.#inRegistersOnly.delete(vreg);
    return vreg;
  }

  #make(vreg: number, mnemonic: Mnemonic, options: OpOptions, ...args: readonly Argument[]): void {
    const { payload } = machineOp(mnemonic, options, [to(vreg), ...args]);
    this.builder.source(payload, vreg);
  }

  #sourceFrom(
    vreg: number,
    of: { mnemonic: Mnemonic; width: number | undefined; slot: MemorySlot; value: MemorySlot | undefined },
  ): void {
    const { mnemonic, width, slot, value } = of;
    const payload = {
      mnemonic,
      width,
      slots: [{ at: 0 }, slot],
      mask: undefined,
      zeroing: false,
      jump: undefined,
      value,
    };
    this.builder.source(payload, vreg);
  }

  #fillWord(vreg: number, word: number): void {
    const width = this.target.vectorBits;
    const value = new Uint8Array(new Int32Array(width / 32).fill(word).buffer);
    const payload = { width, mask: undefined, zeroing: false, jump: undefined, value };
    if (word === 0) {
      const slots = [{ at: 0 }, { at: 0 }, { at: 0 }];
      this.builder.source({ ...payload, mnemonic: "vxorps", width: 128, slots }, vreg);
    } else {
      const slots = [{ at: 0 }, { constant: wordBytes(word) }];
      this.builder.source({ ...payload, mnemonic: "vbroadcastss", slots }, vreg);
    }
  }

  /** All bits 0, whatever the register held. */
  #clear(vreg: number): void {
    const slots = [{ at: 0 }, { at: 0 }, { at: 0 }];
    const rest = { mask: undefined, zeroing: false, jump: undefined, value: undefined };
    this.builder.op({ mnemonic: "vxorps", width: 128, slots, ...rest }, [16 * vreg + 2]);
  }
}

/** Which of the values that a region carries a param is, or a negative number: it is none, as an index. */
function carriedNumber(param: Node, region: Region | undefined): number {
  if (region === undefined) return -1;
  return region.params.indexOf(param) - (region.params.length - region.yields.length);
}

type MemorySlot = Extract<MachineOp["value"], { readonly disp: number }>;

/** A scalar constant as the 32-bit word that lanes of a type repeat. */
function splatWord(type: Type, { immediate, type: from }: Node): number {
  const value = immediate["value"] as number;
  if (from === "f32") return bitsOfFloat(value);
  const element = elementOf(type);
  if (element.endsWith("16")) return (value & 0xffff) | (value << 16);
  return element.endsWith("8") ? Math.imul(value & 0xff, 0x01010101) : value;
}
