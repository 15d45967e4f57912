import type { Node } from "../../ir/node.ts";
import type { Leaf } from "../../ir/operations.ts";
import type { Type } from "../../ir/type.ts";
import { elementOf, formOf, widthOf } from "../../ir/type.ts";
import { memoryRules } from "./select-memory.ts";
import type { Rule, Selector } from "./selector.ts";
import { simple } from "./selector.ts";
import { isUnsigned, mnemonic, shapeOf } from "./shapes.ts";

const typeOfFirst = (node: Node): Type => (node.args[0] as Node).type;

/** The instruction of this name for the type of the first operand. */
const named =
  (name: string): Rule =>
  (s, node) =>
    simple(s, node, mnemonic(`${shapeOf(typeOfFirst(node))}.${name}`));

/** Bitwise: v128 has one for all lane types. */
const bitwise =
  (name: string): Rule =>
  (s, node) =>
    simple(s, node, mnemonic(`${formOf(node.type) === "scalar" ? "i32" : "v128"}.${name}`));

/** With _s or _u for integers. */
const signed =
  (name: string): Rule =>
  (s, node) => {
    const type = typeOfFirst(node);
    const suffix = elementOf(type) === "f32" ? "" : isUnsigned(type) ? "_u" : "_s";
    simple(s, node, mnemonic(`${shapeOf(type)}.${name}${suffix}`));
  };

/** For scalars through lane 0 of vectors, where only those have the instruction. */
const throughLane =
  (apply: (s: Selector, shape: string, type: Type) => void): Rule =>
  (s, node) => {
    const shape = elementOf(node.type) === "f32" ? "f32x4" : "i32x4";
    const scalar = formOf(node.type) === "scalar";
    for (const arg of node.args) {
      s.push(arg);
      if (scalar) s.op(mnemonic(`${shape}.splat`));
    }
    apply(s, scalar ? shape : shapeOf(node.type), node.type);
    if (scalar) s.op(mnemonic(`${shape}.extract_lane`), 0);
  };

const minMax = (name: string): Rule =>
  throughLane((s, shape, type) => s.op(mnemonic(`${shape}.${name}_${isUnsigned(type) ? "u" : "s"}`)));

const plainFma: Rule = (s, node) => {
  const shape = shapeOf(node.type);
  const [a, b, c] = node.args;
  s.push(a);
  s.push(b);
  s.op(mnemonic(`${shape}.mul`));
  s.push(c);
  s.op(mnemonic(`${shape}.add`));
};

const relaxedFma = throughLane((s) => s.op("f32x4.relaxed_madd"));

/** The bytes of a vector constant. */
function constantBytes(type: Type, value: number): Uint8Array {
  const element = elementOf(type);
  if (element === "f32") return new Uint8Array(Float32Array.of(value, value, value, value).buffer);
  const width = widthOf(element);
  return Uint8Array.from({ length: 16 }, (_, i) => value >> (8 * (i % width)));
}

const splat: Rule = (s, node) => {
  const [value] = node.args as [Node];
  if (value.op === "const") return s.op("v128.const", constantBytes(node.type, value.immediate["value"] as number));
  s.push(value);
  s.op(mnemonic(`${shapeOf(node.type)}.splat`));
};

const constant: Rule = (s, node) => s.op(`${node.type as "f32" | "i32"}.const`, node.immediate["value"] as number);

const select: Rule = (s, node) => {
  const [mask, a, b] = node.args;
  for (const operand of [a, b, mask]) s.push(operand);
  s.op(formOf(node.type) === "scalar" ? "select" : "v128.bitselect");
};

const not: Rule = (s, node) => {
  s.push(node.args[0]);
  if (formOf(node.type) !== "scalar") return s.op("v128.not");
  s.op("i32.const", -1);
  s.op("i32.xor");
};

/** A conversion: the name for scalars, and the one for vectors, where there is an instruction at all. */
const convert =
  (scalar: string, vector: string | undefined): Rule =>
  (s, node) => {
    s.push(node.args[0]);
    const name = formOf(node.type) === "scalar" ? scalar : vector;
    if (name) s.op(mnemonic(name));
  };

const toI32: Rule = (s, node) =>
  convert("i32.trunc_sat_f32_s", s.target.fused ? "i32x4.relaxed_trunc_f32x4_s" : "i32x4.trunc_sat_f32x4_s")(s, node);

const dot2: Rule = (s, node) => {
  const [acc, a, b] = node.args;
  s.push(a);
  s.push(b);
  s.op("i32x4.dot_i16x8_s");
  s.push(acc);
  s.op("i32x4.add");
};

const shuffle: Rule = (s, node) => {
  const width = widthOf(elementOf(node.type));
  const pattern = node.immediate["pattern"] as readonly number[];
  for (const arg of node.args) s.push(arg);
  s.op(
    "i8x16.shuffle",
    pattern.flatMap((lane) => Array.from({ length: width }, (_, i) => lane * width + i)),
  );
};

const narrowSat: Rule = (s, node) =>
  simple(
    s,
    node,
    mnemonic(`${shapeOf(node.type)}.narrow_${shapeOf(typeOfFirst(node))}_${isUnsigned(node.type) ? "u" : "s"}`),
  );

const widen =
  (half: string): Rule =>
  (s, node) => {
    const from = typeOfFirst(node);
    simple(s, node, mnemonic(`${shapeOf(node.type)}.extend_${half}_${shapeOf(from)}_${isUnsigned(from) ? "u" : "s"}`));
  };

const reduceMask =
  (name: "any_true" | "all_true"): Rule =>
  (s, node) => {
    s.push(node.args[0]);
    const type = typeOfFirst(node);
    if (formOf(type) !== "scalar") s.op(mnemonic(name === "any_true" ? "v128.any_true" : `${shapeOf(type)}.all_true`));
  };

/** Has no instruction of its own: the function's emitter places it. */
const structure: Rule = (_, node) => {
  throw new RangeError(`Bug: ${node.op} is not selected as an instruction.`);
};

/** Instructions for every leaf. */
export const rules = {
  param: structure,
  result: structure,
  loop: structure,
  when: structure,
  begin: (s) => s.op("local.get", 1),
  end: (s) => s.op("local.get", 2),
  argument: (s, node) => {
    s.op("local.get", 0);
    s.op(`${node.type as "f32" | "i32"}.load`, 2, 4 * (node.immediate["word"] as number));
  },
  scratch: (s, node) => {
    s.op("global.get", 0);
    s.op("i32.const", node.immediate["offset"] as number);
    s.op("i32.add");
  },
  const: constant,
  splat,
  iota: (s) => s.op("v128.const", new Uint8Array(Int32Array.of(0, 1, 2, 3).buffer)),
  add: named("add"),
  sub: named("sub"),
  mul: named("mul"),
  div: named("div"),
  sqrt: named("sqrt"),
  neg: named("neg"),
  abs: named("abs"),
  fma: (s, node) => (s.target.fused ? relaxedFma(s, node) : plainFma(s, node)),
  min: named("min"),
  max: named("max"),
  minAny: throughLane((s) => s.op("f32x4.pmin")),
  maxAny: throughLane((s) => s.op("f32x4.pmax")),
  roundEven: named("nearest"),
  floor: named("floor"),
  ceil: named("ceil"),
  trunc: named("trunc"),
  toI32,
  toI32Sat: convert("i32.trunc_sat_f32_s", "i32x4.trunc_sat_f32x4_s"),
  toF32: convert("f32.convert_i32_s", "f32x4.convert_i32x4_s"),
  bitsOf: convert("i32.reinterpret_f32", undefined),
  fromBits: convert("f32.reinterpret_i32", undefined),
  iadd: named("add"),
  isub: named("sub"),
  imul: named("mul"),
  imin: minMax("min"),
  imax: minMax("max"),
  idiv: named("div_u"),
  irem: named("rem_u"),
  and: bitwise("and"),
  or: bitwise("or"),
  xor: bitwise("xor"),
  not,
  shl: named("shl"),
  shr: named("shr_u"),
  sar: named("shr_s"),
  dot2,
  lt: signed("lt"),
  le: signed("le"),
  eq: named("eq"),
  ne: named("ne"),
  select,
  any: reduceMask("any_true"),
  all: reduceMask("all_true"),
  shuffle,
  extract: (s, node) => {
    s.push(node.args[0]);
    s.op(mnemonic(`${shapeOf(typeOfFirst(node))}.extract_lane`), node.immediate["lane"] as number);
  },
  narrowSat,
  widenLo: widen("low"),
  widenHi: widen("high"),
  lookup16: (s, node) => simple(s, node, "i8x16.swizzle"),
  ...memoryRules,
} satisfies Record<Leaf, Rule>;
