import { Emitter } from "./emitter.ts";
import type { Node } from "./node.ts";
import type { Op } from "./operations.ts";
import type { Element, QuadType, Type, VecType } from "./type.ts";
import { elementOf, formOf, typeOf } from "./type.ts";

/** An operand of an instruction: numbers become constants, and scalars are spread over the lanes of the other operands. */
export type Operand = Node | number;

/** The instructions that compute. Each is named as in the table of operations and gives the value it makes. */
export class Arithmetic extends Emitter {
  readonly add = this.#binary("add");
  readonly sub = this.#binary("sub");
  readonly mul = this.#binary("mul");
  readonly div = this.#binary("div");
  readonly min = this.#binary("min");
  readonly max = this.#binary("max");
  /** a < b ? a : b. A NaN in `a` stays; one in `b` gives either. So does a pair of zeros. */
  readonly minAny = this.#binary("minAny");
  /** a > b ? a : b, with NaN and zeros as in minAny. */
  readonly maxAny = this.#binary("maxAny");

  readonly pow = this.#binary("pow");

  readonly sqrt = this.#unary("sqrt");
  readonly neg = this.#unary("neg");
  readonly abs = this.#unary("abs");
  readonly roundEven = this.#unary("roundEven");
  readonly floor = this.#unary("floor");
  readonly ceil = this.#unary("ceil");
  readonly trunc = this.#unary("trunc");
  readonly exp = this.#unary("exp");
  readonly log = this.#unary("log");
  readonly tanh = this.#unary("tanh");
  readonly erf = this.#unary("erf");
  readonly sin = this.#unary("sin");
  readonly cos = this.#unary("cos");

  /** Toward zero; the kernel promises that the result fits. */
  readonly toI32 = this.#unary("toI32");
  /** Toward zero, to the nearest i32 when it does not fit; NaN gives 0. */
  readonly toI32Sat = this.#unary("toI32Sat");
  readonly toF32 = this.#unary("toF32");
  readonly bitsOf = this.#unary("bitsOf");
  readonly fromBits = this.#unary("fromBits");

  readonly iadd = this.#binary("iadd");
  readonly isub = this.#binary("isub");
  readonly imul = this.#binary("imul");
  readonly imin = this.#binary("imin");
  readonly imax = this.#binary("imax");
  readonly idiv = this.#binary("idiv");
  readonly irem = this.#binary("irem");
  readonly and = this.#binary("and");
  readonly or = this.#binary("or");
  readonly xor = this.#binary("xor");
  readonly not = this.#unary("not");
  readonly shl = this.#shift("shl");
  readonly shr = this.#shift("shr");
  readonly sar = this.#shift("sar");

  readonly lt = this.#binary("lt");
  readonly le = this.#binary("le");
  readonly eq = this.#binary("eq");
  readonly ne = this.#binary("ne");
  readonly any = this.#unary("any");
  readonly all = this.#unary("all");

  /** A constant of a scalar type, or of a vector or quad with all lanes alike. */
  constant(value: number, type: Type): Node {
    if (type === "i32") return this.scalar("i32", value | 0);
    const isFloat = elementOf(type) === "f32";
    const made = isFloat ? this.scalar("f32", Math.fround(value)) : this.scalar("i32", value | 0);
    return formOf(type) === "scalar" ? made : this.node("splat", [made], {}, type);
  }

  /** A scalar in all lanes of a vector or quad. */
  splat(value: Operand, type: VecType | QuadType = "vec f32"): Node {
    return typeof value === "number" ? this.constant(value, type) : this.node("splat", [value], {}, type);
  }

  /** 0, 1, 2, ... */
  iota(): Node {
    return this.node("iota", []);
  }

  /** The 32-bit lanes of a vector. */
  get lanes(): Node {
    return this.node("lanes", []);
  }

  /** a · b + c: rounded once on fused targets, twice on the others. */
  fma(a: Operand, b: Operand, c: Operand): Node {
    return this.node("fma", this.#alike("fma", [a, b, c]));
  }

  /** mask ? a : b, lane by lane; an i32 chooses between scalars. */
  select(mask: Node, a: Operand, b: Operand): Node {
    const form = formOf(mask.type);
    const known = [a, b].find((side) => typeof side !== "number" && formOf(side.type) === form) as Node | undefined;
    const loose = [a, b].find((side) => typeof side !== "number") as Node | undefined;
    const element: Element = known ? elementOf(known.type) : loose ? elementOf(loose.type) : "f32";
    const type = typeOf(form, element);
    return this.node("select", [mask, this.#as(a, type), this.#as(b, type)]);
  }

  isNan(x: Node): Node {
    return this.ne(x, x);
  }

  gt(a: Operand, b: Operand): Node {
    return this.lt(b, a);
  }

  ge(a: Operand, b: Operand): Node {
    return this.le(b, a);
  }

  /** acc + the sums of products of neighbouring i16 pairs, exact and wrapping. */
  dot2(acc: Node, a: Node, b: Node): Node {
    return this.node("dot2", [acc, a, b]);
  }

  /** Bytes of a 16-byte table by index, 0 for an index of 16 and above, in each 128-bit group. */
  lookup16(table: Node, index: Node): Node {
    return this.node("lookup16", [table, index]);
  }

  /** Lanes of `a` then `b` by number; a number for each lane of the result. */
  shuffle(a: Node, b: Node, pattern: readonly number[]): Node {
    return this.node("shuffle", [a, b], { pattern }, a.type);
  }

  /** One lane of a quad of f32 or i32. */
  extract(a: Node, lane: number): Node {
    return this.node("extract", [a], { lane }, typeOf("scalar", elementOf(a.type)));
  }

  /** The lanes of two quads of signed integers, saturated to half the width. */
  narrowSat(a: Node, b: Node, to: "i16" | "u16" | "i8" | "u8"): Node {
    return this.node("narrowSat", [a, b], {}, `quad ${to}`);
  }

  /** The lower half of the lanes of a quad, at twice the width. */
  widenLo(a: Node, to: "i32" | "i16" | "u16"): Node {
    return this.node("widenLo", [a], {}, `quad ${to}`);
  }

  /** The upper half of the lanes of a quad, at twice the width. */
  widenHi(a: Node, to: "i32" | "i16" | "u16"): Node {
    return this.node("widenHi", [a], {}, `quad ${to}`);
  }

  /** As a type: a number as a constant, a scalar splatted. */
  #as(value: Operand, type: Type): Node {
    if (typeof value === "number") return this.constant(value, type);
    if (value.type === type || formOf(value.type) !== "scalar" || formOf(type) === "scalar") return value;
    return this.splat(value, type as VecType);
  }

  /** The operands in one type: that of the widest among them. */
  #alike(op: Op, operands: readonly Operand[]): Node[] {
    const nodes = operands.filter((operand) => typeof operand !== "number");
    const widest = nodes.find((node) => formOf(node.type) !== "scalar") ?? nodes[0];
    if (widest === undefined) {
      throw new TypeError(`${op} of constants only: compute it in TypeScript, or use constant().`);
    }
    return operands.map((operand) => this.#as(operand, widest.type));
  }

  #unary(op: Op): (x: Node) => Node {
    return (x) => this.node(op, [x]);
  }

  #binary(op: Op): (a: Operand, b: Operand) => Node {
    return (a, b) => {
      const isAlike = typeof a !== "number" && typeof b !== "number" && a.type === b.type;
      return this.node(op, isAlike ? [a, b] : this.#alike(op, [a, b]));
    };
  }

  #shift(op: Op): (x: Node, count: Operand) => Node {
    return (x, count) => this.node(op, [x, typeof count === "number" ? this.constant(count, "i32") : count]);
  }
}
