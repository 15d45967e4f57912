/** Every leaf on every type of operand, under qemu, against the interpreter. */
import { describe, expect, test } from "vitest";
import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { interpret } from "../../ir/interpret/interpret.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Target } from "../../ir/target.ts";
import type { Storage, VecType } from "../../ir/type.ts";
import type { Machine } from "../../kernels/testdata/machines.ts";
import { runKernel } from "../../kernels/testdata/run-kernel.ts";
import { createRandom } from "../../tensor/random.ts";
import { arm64Neon, arm64Sve2 } from "./targets.ts";
import { onArm } from "./testdata/on-arm.ts";
import { hasQemu, processors, qemuReason } from "./testdata/run-qemu.ts";

type Operands = [Node, Node, Node];
type Body = (k: Builder, emit: (value: Node) => void, operands: Operands, count: Node) => void;
type Probed = VecType | "f32" | "i32";

interface Case {
  readonly type: Probed;
  readonly body: Body;
}

/** The most bytes of a vector, and results of a kernel. */
const room = 256;
const most = 80;

/** A kernel that loads three values of a type and stores what the body makes of them, one after another, as raw bytes. */
const probe = kernel("probe", ({ type, body }: Case) => ({
  signature: { x: vector("i32"), y: vector("i32"), n: size() },
  build(k, { x, y, n }) {
    k.items(() => {
      const view = (storage: Storage): { pointer: Node; storage: Storage } => ({ pointer: x.pointer, storage });
      const load = (at: number): Node => {
        if (type === "f32" || type === "i32") return k.loadScalar(view(type), at);
        if (type === "vec f32") return k.load(view("f32"), at);
        return type === "vec i32" ? k.load(x, at) : k.loadRaw(x, at, type);
      };
      const operands = [0, 1, 2].map((i) => load((i * room) / 4)) as Operands;
      let next = 0;
      body(k, (value) => store(k, y.pointer, (next++ * room) / 4, value), operands, n);
    });
  },
}));

/** Stores a value's bits, whatever its type. */
function store(k: Builder, pointer: Node, at: number, value: Node): void {
  const { type } = value;
  const words = { pointer, storage: "i32" } as const;
  if (type === "i32" || type === "f32") k.storeScalar({ pointer, storage: type }, at, value);
  else if (type === "vec mask32") k.store(words, at, k.select(value, k.constant(-1, "vec i32"), 0));
  else if (type === "vec f32") k.store({ pointer, storage: "f32" }, at, value);
  else if (type === "vec i32") k.store(words, at, value);
  else if (type.startsWith("quad")) k.storeQuad(words, at, value);
  else k.storeRaw(words, at, value);
}

const floats: Body = (k, emit, [a, b, c], n) => {
  for (const op of ["add", "sub", "mul", "div", "min", "max", "minAny", "maxAny"] as const) {
    emit(k[op](a, b));
    emit(k[op](b, a));
  }
  for (const op of ["neg", "abs", "roundEven", "floor", "ceil", "trunc", "sqrt"] as const) emit(k[op](a));
  for (const op of ["lt", "le", "eq", "ne"] as const) emit(k.select(k[op](a, b), c, a));
  emit(k.select(k.isNan(k.sqrt(a)), b, c));
  emit(k.fma(a, b, c));
  emit(k.fma(a, 3, 0.1));
  emit(k.mul(a, k.toF32(n)));
  emit(k.fma(a, k.toF32(n), c));
  emit(k.toI32(k.minAny(k.maxAny(a, -1e6), 1e6)));
  emit(k.toI32Sat(a));
  emit(k.toI32Sat(k.mul(a, 1e30)));
  emit(k.toF32(k.bitsOf(a)));
  emit(k.fromBits(k.iadd(k.bitsOf(a), 1)));
  for (const value of [0, -0, 1, -2.5, 0.1, 1e30, Number.POSITIVE_INFINITY]) emit(k.add(c, value));
};

const integers =
  (element: string): Body =>
  (k, emit, [a, b, c], n) => {
    for (const op of ["iadd", "isub", "imin", "imax", "and", "or", "xor"] as const) emit(k[op](a, b));
    if (!element.endsWith("8")) emit(k.imul(a, b));
    for (const count of [0, 1, 7, n]) {
      emit(k.shl(a, count));
      emit(k.shr(a, count));
      if (!element.startsWith("u")) emit(k.sar(a, count));
    }
    for (const op of ["lt", "le", "eq", "ne"] as const) emit(k.select(k[op](a, b), a, c));
    emit(k.select(k.not(k.and(k.lt(a, b), k.le(b, c))), a, c));
    emit(k.select(k.xor(k.lt(a, b), k.or(k.eq(a, c), k.le(b, c))), a, c));
    for (const op of ["any", "all"] as const) {
      emit(k[op](k.eq(a, b)));
      emit(k[op](k.ne(a, b)));
      emit(k[op](k.eq(a, a)));
      emit(k[op](k.lt(a, a)));
    }
    for (const value of [0, 1, -1, 100, -128]) emit(k.iadd(a, value));
    emit(k.xor(a, k.splat(n, a.type as VecType)));
  };

const cases: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(
    ["i32", "i16", "u16", "i8", "u8"].map((element) => [
      `integers ${element}`,
      { type: `vec ${element}` as VecType, body: integers(element) },
    ]),
  ),
  "wide integers": {
    type: "vec i32",
    body(k, emit, [a, b, c]) {
      emit(k.not(a));
      emit(k.iadd(a, k.iota()));
      for (const value of [0x12345678, 0xff00, -0xff01, 0x3f800000, 0x00ff00ff]) emit(k.xor(a, value));
      emit(k.select(k.select(k.lt(a, b), k.lt(b, c), k.eq(a, c)), a, b));
    },
  },
  floats: { type: "vec f32", body: floats },
  formulas: {
    type: "vec f32",
    body(k, emit, [a, b]) {
      for (const op of ["exp", "tanh", "erf", "sin", "cos"] as const) emit(k[op](a));
      emit(k.log(k.abs(a)));
      emit(k.pow(k.abs(a), k.minAny(b, 3)));
    },
  },
  "scalar floats": {
    type: "f32",
    body(k, emit, operands, n) {
      floats(k, emit, operands, n);
      for (const op of ["exp", "tanh", "erf", "sin", "cos"] as const) emit(k[op](operands[0]));
    },
  },
  "scalar integers": {
    type: "i32",
    body(k, emit, [a, b]) {
      for (const op of ["iadd", "isub", "imul", "imin", "imax", "and", "or", "xor"] as const) {
        emit(k[op](a, b));
        for (const value of [1, -1, 4096, 0xfff, 0x12345678, 64]) emit(k[op](a, value));
      }
      for (const op of ["lt", "le", "eq", "ne"] as const) {
        emit(k[op](a, b));
        emit(k[op](a, 5));
        emit(k[op](a, -5));
      }
    },
  },
  "more scalar integers": {
    type: "i32",
    body(k, emit, [a, b, c], n) {
      for (const count of [0, 1, 7, 31, n]) for (const op of ["shl", "shr", "sar"] as const) emit(k[op](a, count));
      emit(k.idiv(a, k.or(b, 1)));
      emit(k.irem(a, k.or(b, 1)));
      emit(k.not(c));
      emit(k.select(k.any(k.lt(a, b)), c, a));
      emit(k.isub(7, a));
      emit(k.lanes);
    },
  },
  "dot2 of pairs": {
    type: "vec i16",
    body(k, emit, [a, b]) {
      emit(k.dot2(k.iota(), a, b));
      emit(k.dot2(k.constant(-5, "vec i32"), a, a));
    },
  },
  lookup16: {
    type: "vec u8",
    body(k, emit, [a, b]) {
      emit(k.lookup16(a, k.and(b, 15)));
      emit(k.lookup16(a, b));
    },
  },
};

/** Ordinary numbers, any bits but NaN's, zeros, and what is beyond every integer. */
const data = (): Int32Array => {
  const random = createRandom("leaves");
  const numbers = Float32Array.from({ length: (3 * room) / 4 }, () => random.uniform() * 100);
  const words = new Int32Array(numbers.buffer);
  for (let i = 0; i < words.length; i += 3) words[i] = (random.u32() & 0x7effffff) | (random.u32() & 0x80000000);
  [0, -0, 1, Number.POSITIVE_INFINITY, -2.5, 3e9, Number.NEGATIVE_INFINITY].forEach((value, i) => {
    numbers[room / 4 + 2 * i] = value;
    numbers[2 * i] = i % 2 === 0 ? -value : value;
  });
  return words;
};

/** Results with all NaNs alike where they are floats: which one an operation gives is not part of its meaning. */
const settled = (words: Int32Array): Int32Array =>
  words.map((word) => ((word & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : word));

function runAll(
  machine: Machine,
  built: ReadonlyMap<string, ReturnType<typeof probe.build>>,
): Record<string, Int32Array> {
  const result: Record<string, Int32Array> = {};
  for (const [name, each] of built) {
    const { y } = runKernel(each, machine, { x: data(), y: new Int32Array((most * room) / 4), n: 3 }, { items: 1 });
    result[name] = settled(y);
  }
  return result;
}

const built = (target: Target): Map<string, ReturnType<typeof probe.build>> =>
  new Map(Object.entries(cases).map(([name, each]) => [name, { ...probe.build(each, target), name }]));

describe.skipIf(!hasQemu())(`leaves under qemu (${qemuReason})`, () => {
  const onInterpreter = (target: Target, lanes: number): Machine => ({
    name: "interpreter",
    target: { ...target, lanes },
    run: (each, run) => interpret(each, { lanes, fused: true }, run),
  });
  const kernels = { neon: built(arm64Neon), sve: built(arm64Sve2) };

  test("NEON", () => {
    const run = { target: arm64Neon, processor: processors.neon, lanes: 4 };
    const actual = onArm(run, (machine) => runAll(machine, kernels.neon));
    const expected = runAll(onInterpreter(arm64Neon, 4), kernels.neon);
    for (const name of Object.keys(cases)) expect({ name, y: actual[name] }).toEqual({ name, y: expected[name] });
  });

  test.each([128, 256, 512, 1024, 2048])("SVE2 of %i bits", (bits) => {
    const run = { target: arm64Sve2, processor: processors.sve(bits), lanes: bits / 32 };
    const actual = onArm(run, (machine) => runAll(machine, kernels.sve));
    const expected = runAll(onInterpreter(arm64Sve2, bits / 32), kernels.sve);
    for (const name of Object.keys(cases)) expect({ name, y: actual[name] }).toEqual({ name, y: expected[name] });
  });
});
