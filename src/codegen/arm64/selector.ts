import { constantOf } from "../../ir/fold-integer.ts";
import type { Node, Region } from "../../ir/node.ts";
import type { Target } from "../../ir/target.ts";
import { elementOf, formOf, widthOf } from "../../ir/type.ts";
import type { RegisterClass } from "../regalloc/machine-function.ts";
import type { Uses } from "../uses.ts";
import { findUses } from "../uses.ts";
import type { Argument, Ref } from "./code-builder.ts";
import { CodeBuilder, read, update, write } from "./code-builder.ts";
import { isFactor } from "./factor.ts";
import type { FactorGroup, GroupedFactor } from "./group-factors.ts";
import { groupFactors } from "./group-factors.ts";
import { fixed } from "./registers.ts";

/** Emits the instructions of one leaf. */
export type Rule = (s: Selector, node: Node) => void;

/** Where memory is reached: an absolute address in a register, bytes beyond it, and bytes for each lane of a vector. */
export interface Place {
  readonly base: Argument;
  readonly offset: number;
  readonly perLane: number;
}

/** What rules work with: the code so far, and the registers of values. */
export class Selector {
  readonly target: Target;
  readonly uses: Uses;
  readonly code = new CodeBuilder();
  /** On NEON, factors that are loaded together. */
  readonly #grouped: ReadonlyMap<Node, GroupedFactor>;
  readonly #groups = new Map<FactorGroup, number>();
  readonly #vregs = new Map<Node, number>();
  readonly #addresses = new Map<Node, number>();
  readonly #predicates = new Map<Node, number>();

  constructor(target: Target, root: Region) {
    this.target = target;
    this.uses = findUses(root);
    this.#grouped = target.lanes === undefined ? new Map() : groupFactors(root, this.uses);
  }

  get isScalable(): boolean {
    return this.target.lanes === undefined;
  }

  /** The register of a value that has one. */
  vreg(node: Node | undefined): number {
    const vreg = node && this.#vregs.get(node);
    if (vreg === undefined) throw new RangeError(`Bug: %${node?.id} (${node?.op}) has no register.`);
    return vreg;
  }

  read(node: Node | undefined): Ref {
    return read(this.vreg(node));
  }

  /** The register for the value of a node. */
  result(node: Node): number {
    const known = this.#vregs.get(node);
    if (known !== undefined) return known;
    const vreg = this.code.vreg(this.classOf(node));
    this.#vregs.set(node, vreg);
    return vreg;
  }

  write(node: Node): Ref {
    return write(this.result(node));
  }

  /** The register of a node, which already holds `from`, to be read and written. */
  updateFrom(node: Node, from: Node | undefined): Ref {
    this.code.move(this.result(node), this.vreg(from));
    return update(this.result(node));
  }

  /** The register of a node, of which a part is written already. */
  update(node: Node): Ref {
    return update(this.result(node));
  }

  /** Lets a node have the register of another. */
  alias(node: Node, vreg: number): void {
    this.#vregs.set(node, vreg);
  }

  classOf({ type }: Node): RegisterClass {
    if (type === "i32") return "gpr";
    const isPredicate = this.isScalable && formOf(type) === "vec" && elementOf(type).startsWith("mask");
    return isPredicate ? "mask" : "vec";
  }

  /** Whether a value that is the same in all lanes is a lane of a register instead. */
  isFactor(node: Node): boolean {
    return !this.isScalable && isFactor(this.uses, node);
  }

  /** The register that holds a factor, and the lane. */
  factor(node: Node): readonly [Ref, number] {
    return [this.read(node), this.#grouped.get(node)?.lane ?? 0];
  }

  /** The group that a factor is loaded with; `isNew` for the first of its members. */
  groupOf(node: Node): (FactorGroup & { readonly isNew: boolean }) | undefined {
    const group = this.#grouped.get(node)?.group;
    if (group === undefined) return undefined;
    const known = this.#groups.get(group);
    if (known !== undefined) this.alias(node, known);
    else this.#groups.set(group, this.result(node));
    return { ...group, isNew: known === undefined };
  }

  /** Makes what memory needs of a value: an absolute address of a pointer, a predicate of a number of lanes. */
  defined(node: Node): void {
    if (node.type !== "i32" || node.op === "scratch") return;
    const all = this.uses.of(node).filter(({ user }) => user && isMemory(user));
    if (all.some(({ slot }) => slot === 0)) {
      const address = this.code.vreg("gpr");
      this.code.op("add_x", write(address), fixed.base, this.read(node));
      this.#addresses.set(node, address);
    }
    if (this.isScalable && all.some(({ user, slot }) => user && slot === countSlot(user))) {
      const predicate = this.code.vreg("mask");
      this.code.op("whilelt_w", write(predicate), 2, fixed.zero, this.read(node));
      this.#predicates.set(node, predicate);
    }
  }

  /** Where a read or write reaches memory. */
  place({ args, immediate }: Node): Place {
    const base = args[0] as Node;
    const [offset, perLane] = [immediate["offset"] as number, (immediate["perLane"] as number | undefined) ?? 0];
    if (base.op === "scratch")
      return { base: fixed.scratch, offset: (base.immediate["offset"] as number) + offset, perLane };
    const address = this.#addresses.get(base);
    if (address === undefined) throw new RangeError(`Bug: %${base.id} (${base.op}) has no address.`);
    return { base: read(address), offset, perLane };
  }

  /** The predicate of the first `count` lanes. */
  predicate(count: Node | undefined): Ref {
    const found = count && this.#predicates.get(count);
    if (found === undefined) throw new RangeError(`Bug: %${count?.id} has no predicate.`);
    return read(found);
  }
}

const isMemory = ({ op }: Node): boolean => op.startsWith("read") || op.startsWith("write");

/** The operand that says how many lanes exist. */
const countSlot = ({ op }: Node): number => (op === "readFirst" ? 1 : op === "writeFirst" ? 2 : -1);

/** The size of a lane as instructions have it: 0 for bytes, 1 for halfwords, 2 for words. */
export const sizeOf = (node: Node): number => Math.log2(widthOf(elementOf(node.type)));

export const isUnsigned = (node: Node): boolean => elementOf(node.type).startsWith("u");

/** The value of an i32 operand that is a constant. */
export const constantArgument = (node: Node | undefined): number | undefined => node && constantOf(node);
