/** All instructions of the kernel language, one row each. */

import type { Immediate } from "./node.ts";
import type { Form, Storage, Type } from "./type.ts";
import { computeElement, elementOf, formOf, maskOf, typeOf } from "./type.ts";

/** What the result type of an instruction is, from its operands; or why they do not fit. */
export type Rule = (args: readonly Type[], immediate: Immediate, given: Type | undefined) => Type;

export interface Operation {
  /** Depends on its operands alone and cannot fail: may be shared, moved out of loops, and dropped. */
  readonly pure: boolean;
  /** Implemented by every target. The others are rewritten by `legalize`. */
  readonly leaf: boolean;
  readonly rule: Rule;
}

const fail = (why: string): never => {
  throw new TypeError(why);
};

/** `count` operands of one type whose element is among `elements`, giving that type. */
const same = (count: number, elements: string): Rule => {
  const accepted = new Set<string>(elements.split(" "));
  return (args) => {
    const [first] = args;
    if (args.length !== count || first === undefined) return fail(`takes ${count} operands`);
    for (const type of args) if (type !== first) return fail("its operands must have one type");
    return accepted.has(elementOf(first)) ? first : fail(`is for ${elements}`);
  };
};

const float1 = same(1, "f32");
const float2 = same(2, "f32");
const integer2 = same(2, "i32 i16 u16 i8 u8");
const bits2 = same(2, "i32 i16 u16 i8 u8 mask32 mask16 mask8");

const comparable2 = same(2, "f32 i32 i16 u16 i8 u8");
const compare: Rule = (args) => maskOf(comparable2(args, {}, undefined));

/** The same form with another element. */
const convert = (from: string, to: "f32" | "i32"): Rule => {
  const accepts = same(1, from);
  return (args) => typeOf(formOf(accepts(args, {}, undefined)), to);
};

const shift = (elements: string): Rule => {
  const accepts = same(1, elements);
  return ([value, count]) => {
    if (value === undefined || count !== "i32") return fail("takes a value and a scalar i32 count");
    return accepts([value], {}, undefined);
  };
};

const equal = (args: readonly Type[], expected: readonly Type[]): boolean =>
  args.length === expected.length && args.every((type, i) => type === expected[i]);

/** Operands of exactly these types. */
const takes =
  (expected: readonly Type[], result: Type): Rule =>
  (args) =>
    equal(args, expected) ? result : fail(`takes (${expected.join(", ")})`);

/** Operands of these types, and a result type that the builder states. */
const stated =
  (expected: readonly Type[]): Rule =>
  (args, _, given) =>
    given !== undefined && equal(args, expected) ? given : fail(`takes (${expected.join(", ")})`);

const select: Rule = ([mask, a, b]) => {
  if (mask === undefined || a === undefined || a !== b) return fail("takes a mask and two values of one type");
  const expected = formOf(a) === "scalar" ? "i32" : elementOf(a).startsWith("mask") ? a : maskOf(a);
  return mask === expected ? a : fail(`needs a ${expected} to choose between two ${a}`);
};

const reduceMask: Rule = ([mask, ...rest]) =>
  mask !== undefined && rest.length === 0 && (mask === "i32" || elementOf(mask).startsWith("mask"))
    ? "i32"
    : fail("takes a mask");

const position: readonly Type[] = ["i32", "i32"];
const partialPosition: readonly Type[] = [...position, "part"];

const loaded =
  (form: Form, parts: boolean): Rule =>
  (args, { storage }) =>
    equal(args, position) || (parts && equal(args, partialPosition))
      ? typeOf(form, computeElement(storage as Storage))
      : fail("takes a pointer and an index");

const stored =
  (form: Form, parts: boolean): Rule =>
  ([pointer, index, value, ...rest], { storage }) => {
    const expected = typeOf(form, computeElement(storage as Storage));
    const fits = pointer === "i32" && index === "i32" && value === expected;
    return fits && (rest.length === 0 || (parts && rest.join() === "part"))
      ? "none"
      : fail(`takes a pointer, an index and a ${expected}`);
  };

const storedRaw: Rule = ([pointer, index, value, ...rest]) =>
  pointer === "i32" && index === "i32" && value?.startsWith("vec ") && rest.length === 0
    ? "none"
    : fail("takes a pointer, an index and a vector");

/** An address, the value, and for `First` forms how many lanes. */
const written =
  (count: number): Rule =>
  ([address, value, ...rest]) =>
    address === "i32" && value !== undefined && rest.length === count && rest.every((type) => type === "i32")
      ? "none"
      : fail("takes an address and a value");

const quads = (count: number): Rule => {
  return (args, _, given) =>
    args.length === count && args.every((type) => formOf(type) === "quad") && given !== undefined
      ? given
      : fail(`takes ${count} quads`);
};

const splat: Rule = (args, _, given) =>
  given !== undefined && args.length === 1 && (args[0] === "f32") === (elementOf(given) === "f32")
    ? given
    : fail("takes a scalar of the vector's kind");

/** Region nodes are checked by the verifier. */
const structure: Rule = (_args, _immediate, given) => given ?? "none";

const pure = (rule: Rule): Operation => ({ pure: true, leaf: true, rule });
const effect = (rule: Rule): Operation => ({ pure: false, leaf: true, rule });
/** Rewritten by `legalize`. */
const derived = (rule: Rule): Operation => ({ pure: true, leaf: false, rule });
const derivedEffect = (rule: Rule): Operation => ({ pure: false, leaf: false, rule });

const table = {
  // Sources of values.
  param: pure(structure),
  result: pure(structure),
  begin: pure(takes([], "i32")),
  end: pure(takes([], "i32")),
  argument: pure(stated([])),
  scratch: pure(takes([], "i32")),
  lanes: pure(takes([], "i32")),
  const: pure(stated([])),
  splat: pure(splat),
  iota: pure(takes([], "vec i32")),

  // IEEE arithmetic, rounded to nearest even.
  add: pure(float2),
  sub: pure(float2),
  mul: pure(float2),
  div: pure(float2),
  sqrt: pure(float1),
  neg: pure(float1),
  abs: pure(float1),
  fma: pure(same(3, "f32")),
  min: pure(float2),
  max: pure(float2),
  minAny: pure(float2),
  maxAny: pure(float2),
  roundEven: pure(float1),
  floor: pure(float1),
  ceil: pure(float1),
  trunc: pure(float1),

  // Conversions within the lanes.
  toI32: pure(convert("f32", "i32")),
  toI32Sat: pure(convert("f32", "i32")),
  toF32: pure(convert("i32", "f32")),
  bitsOf: pure(convert("f32", "i32")),
  fromBits: pure(convert("i32", "f32")),

  // Integers wrap. Division is unsigned, of scalars, by a divisor that the kernel knows is not 0.
  iadd: pure(integer2),
  isub: pure(integer2),
  imul: pure(same(2, "i32 i16 u16")),
  imin: pure(integer2),
  imax: pure(integer2),
  idiv: effect(takes(["i32", "i32"], "i32")),
  irem: effect(takes(["i32", "i32"], "i32")),
  and: pure(bits2),
  or: pure(bits2),
  xor: pure(bits2),
  not: pure(same(1, "i32 mask32 mask16 mask8")),
  shl: pure(shift("i32 i16 u16 i8 u8")),
  shr: pure(shift("i32 i16 u16 i8 u8")),
  sar: pure(shift("i32 i16 i8")),
  dot2: pure(takes(["vec i32", "vec i16", "vec i16"], "vec i32")),

  // Truths.
  lt: pure(compare),
  le: pure(compare),
  eq: pure(compare),
  ne: pure(compare),
  select: pure(select),
  any: pure(reduceMask),
  all: pure(reduceMask),

  // 128 bits at a time.
  shuffle: pure(quads(2)),
  extract: pure((args, _, given) => (formOf(args[0] ?? "none") === "quad" && given ? given : fail("takes a quad"))),
  narrowSat: pure(quads(2)),
  widenLo: pure(quads(1)),
  widenHi: pure(quads(1)),
  lookup16: pure(takes(["vec u8", "vec u8"], "vec u8")),

  // Memory as kernels see it: a pointer, an index in elements, and the part of a vector that exists.
  load: derivedEffect(loaded("vec", true)),
  loadSplat: derivedEffect(loaded("vec", false)),
  loadScalar: derivedEffect(loaded("scalar", false)),
  loadQuad: derivedEffect(loaded("quad", false)),
  loadGroupSplat: derivedEffect(stated(["i32", "i32"])),
  loadRaw: derivedEffect(stated(["i32", "i32"])),
  store: derivedEffect(stored("vec", true)),
  storeRaw: derivedEffect(storedRaw),
  storeScalar: derivedEffect(stored("scalar", false)),
  storeQuad: derivedEffect(stored("quad", false)),
  prefetch: derivedEffect(takes(["i32", "i32"], "none")),

  // Memory as targets see it: a byte address, with a constant offset beside it.
  read: effect(stated(["i32"])),
  readSplat: effect(stated(["i32"])),
  readFirst: effect(stated(["i32", "i32"])),
  write: effect(written(0)),
  writeFirst: effect(written(1)),

  // Formulas, expanded in ir/math.
  exp: derived(float1),
  log: derived(float1),
  tanh: derived(float1),
  erf: derived(float1),
  sin: derived(float1),
  cos: derived(float1),
  pow: derived(float2),

  // Structure.
  loop: effect(structure),
  when: effect(structure),
  items: derivedEffect(structure),
  vectors: derivedEffect(structure),
  fold: derivedEffect(structure),
} satisfies Record<string, Operation>;

export type Op = keyof typeof table;

/** The operations by name. */
export const operations: Readonly<Record<Op, Operation>> = table;

type DerivedOp =
  | ("lanes" | "load" | "loadSplat" | "loadScalar" | "loadQuad" | "loadGroupSplat" | "loadRaw" | "prefetch")
  | ("store" | "storeRaw" | "storeScalar" | "storeQuad" | "exp" | "log" | "tanh" | "erf" | "sin" | "cos" | "pow")
  | ("items" | "vectors" | "fold");

/** What is left after `legalize`: every target implements these. */
export type Leaf = Exclude<Op, DerivedOp>;

/** With the leaves that are left only where the machine alone knows how many lanes it has. */
export type ScalableLeaf = Leaf | "lanes";
