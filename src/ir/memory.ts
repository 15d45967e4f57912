import type { Operand } from "./arithmetic.ts";
import { Arithmetic } from "./arithmetic.ts";
import type { Node } from "./node.ts";
import type { Op } from "./operations.ts";
import type { ScalarType, VecType } from "./type.ts";
import { computeElement, formOf, widthOf } from "./type.ts";
import type { Index, View } from "./view.ts";

/** The instructions that reach memory. Indexes count elements of the view's storage type. */
export class Memory extends Arithmetic {
  protected scratchBytes = 0;

  /** A vector from element `index` on; lanes outside `part` are not read, and are 0. */
  load(view: View, index: Index, part?: Node): Node {
    return this.#load("load", view, index, part);
  }

  /** One element in all lanes. */
  loadSplat(view: View, index: Index): Node {
    return this.#load("loadSplat", view, index);
  }

  loadScalar(view: View, index: Index): Node {
    return this.#load("loadScalar", view, index);
  }

  /** Four elements, as 128 bits. */
  loadQuad(view: View, index: Index): Node {
    return this.#load("loadQuad", view, index);
  }

  /** The 4 bytes from element `index` on in all 32-bit lanes: a group for dot2. */
  loadGroupSplat(view: View, index: Index, type: VecType): Node {
    return this.node("loadGroupSplat", this.#position(view, index), { storage: view.storage }, type);
  }

  /** A whole register of memory without conversion. */
  loadRaw(view: View, index: Index, type: VecType): Node {
    return this.node("loadRaw", this.#position(view, index), { storage: view.storage }, type);
  }

  /** Stores a vector from element `index` on; lanes outside `part` are not written. Integers keep their low bits. */
  store(view: View, index: Index, value: Operand, part?: Node): void {
    const vector = this.#value(value, `vec ${computeElement(view.storage)}`);
    this.#store("store", view, index, vector, part);
  }

  /** A whole register to memory without conversion. */
  storeRaw(view: View, index: Index, value: Node): void {
    this.#store("storeRaw", view, index, value);
  }

  storeScalar(view: View, index: Index, value: Operand): void {
    this.#store("storeScalar", view, index, this.#value(value, computeElement(view.storage)));
  }

  storeQuad(view: View, index: Index, value: Node): void {
    this.#store("storeQuad", view, index, value);
  }

  /** Says that the cache line of an element is needed soon. May do nothing. */
  prefetch(view: View, index: Index): void {
    this.node("prefetch", this.#position(view, index), { storage: view.storage });
  }

  /** Memory of this kernel and thread alone, undefined at the start of an item; from a multiple of 64 bytes. */
  scratch(elements: number, storage: View["storage"] = "f32"): View {
    const pointer = this.node("scratch", [], { offset: this.scratchBytes });
    this.scratchBytes += Math.ceil((elements * widthOf(storage)) / 64) * 64;
    return { pointer, storage };
  }

  /** The view that begins at an element of another. */
  viewAt(view: View, index: Index): View {
    const bytes = this.imul(this.elementAt(view, index), this.constant(widthOf(view.storage), "i32"));
    return { pointer: this.iadd(view.pointer, bytes), storage: view.storage };
  }

  /** The number of an element from its indexes. */
  elementAt(view: View, index: Index): Node {
    if (!isList(index)) return this.integer(index);
    const strides = view.strides ?? [];
    if (index.length !== strides.length) {
      throw new RangeError(`A view with ${strides.length} strides takes as many indexes, got ${index.length}.`);
    }
    const terms = index.map((each, i) => this.imul(this.integer(each), this.integer(strides[i] as Operand)));
    return terms.reduce((sum, term) => this.iadd(sum, term), this.constant(0, "i32"));
  }

  /** An i32 from a number or a value. */
  integer(value: Operand): Node {
    return typeof value === "number" ? this.constant(value, "i32") : value;
  }

  #value(value: Operand, type: VecType | ScalarType): Node {
    if (typeof value === "number") return this.constant(value, type);
    return formOf(value.type) === "scalar" && type.startsWith("vec ") ? this.splat(value, type as VecType) : value;
  }

  #position(view: View, index: Index): [Node, Node] {
    return [view.pointer, this.elementAt(view, index)];
  }

  #load(op: Op, view: View, index: Index, part?: Node): Node {
    return this.node(op, [...this.#position(view, index), ...(part ? [part] : [])], { storage: view.storage });
  }

  #store(op: Op, view: View, index: Index, value: Node, part?: Node): void {
    this.node(op, [...this.#position(view, index), value, ...(part ? [part] : [])], { storage: view.storage });
  }
}

const isList = (index: Index): index is readonly Operand[] => Array.isArray(index);
