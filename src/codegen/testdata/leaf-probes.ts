/** Kernels that do every leaf on some registers and store what comes of it. */
import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage, VecType } from "../../ir/type.ts";
import type { Machine } from "../../kernels/testdata/machines.ts";
import { runKernel } from "../../kernels/testdata/run-kernel.ts";
import { createRandom } from "../../tensor/random.ts";

/** Makes values of a, b, c and stores what each instruction makes of them. */
type Body = (k: Builder, emit: (value: Node) => void, ...operands: [Node, Node, Node]) => void;

interface Probe {
  readonly type: VecType | "f32" | "i32";
  readonly body: Body;
  /** The 32-bit lanes of the target. */
  readonly lanes: number;
}

/** A kernel that loads three registers of a type and writes results one after another, as raw bytes. */
const probe = kernel("probe", ({ type, body, lanes }: Probe) => ({
  signature: { x: vector("i32"), y: vector("i32"), n: size() },
  build(k, { x, y }) {
    k.items(() => {
      const scalar = type === "f32" || type === "i32";
      const storage: Storage = type === "f32" || type === "vec f32" ? "f32" : "i32";
      const source = { pointer: x.pointer, storage };
      const operands = [0, 1, 2].map((register) => {
        const at = register * lanes;
        if (scalar) return k.loadScalar(source, at);
        return type === "vec f32" || type === "vec i32" ? k.load(source, at) : k.loadRaw(source, at, type);
      }) as [Node, Node, Node];
      let next = 0;
      const emit = (value: Node): void => store(k, { pointer: y.pointer, storage: "i32" }, lanes * next++, value);
      body(k, emit, ...operands);
    });
  },
}));

/** Stores a value's bits, whatever its type. */
function store(k: Builder, view: { pointer: Node; storage: Storage }, at: number, value: Node): void {
  const { type } = value;
  if (type === "i32" || type === "f32") k.storeScalar({ ...view, storage: type }, at, value);
  else if (type.startsWith("vec mask32")) k.store(view, at, k.select(value, k.constant(-1, "vec i32"), 0));
  else if (type === "vec f32") k.store({ ...view, storage: "f32" }, at, value);
  else if (type === "vec i32") k.store(view, at, value);
  else k.storeRaw(view, at, value);
}

const narrow = ["i16", "u16", "i8", "u8"] as const;

const cases: Readonly<Record<string, { readonly type: VecType | "f32" | "i32"; readonly body: Body }>> = {
  ...Object.fromEntries(
    (["i32", ...narrow] as const).map((element) => [
      `integers ${element}`,
      {
        type: `vec ${element}`,
        body: (k, emit, a, b, c) => {
          for (const op of ["iadd", "isub", "imin", "imax", "and", "or", "xor"] as const) emit(k[op](a, b));
          if (!element.endsWith("8")) emit(k.imul(a, b));
          for (const count of [0, 1, 7]) {
            emit(k.shl(a, count));
            emit(k.shr(a, count));
            if (!element.startsWith("u")) emit(k.sar(a, count));
          }
          for (const op of ["lt", "le", "eq", "ne"] as const) emit(k.select(k[op](a, b), a, c));
          emit(k.select(k.not(k.and(k.lt(a, b), k.le(b, c))), a, c));
          emit(k.any(k.eq(a, b)));
          emit(k.all(k.ne(a, b)));
          emit(k.any(k.eq(a, a)));
        },
      } satisfies { type: VecType; body: Body },
    ]),
  ),
  floats: {
    type: "vec f32",
    body(k, emit, a, b, c) {
      for (const op of ["add", "sub", "mul", "div", "min", "max", "minAny", "maxAny"] as const) emit(k[op](a, b));
      for (const op of ["neg", "abs", "roundEven", "floor", "ceil", "trunc"] as const) emit(k[op](a));
      emit(k.sqrt(k.abs(a)));
      emit(k.fma(a, b, c));
      emit(k.toI32(k.minAny(k.maxAny(a, -1e6), 1e6)));
      emit(k.toI32Sat(k.mul(a, 1e30)));
      emit(k.toF32(k.bitsOf(a)));
      emit(k.select(k.isNan(k.sqrt(a)), b, c));
    },
  },
  "floats at the edges": {
    type: "vec f32",
    body(k, emit, a, b) {
      const zero = k.mul(a, 0);
      const values = [a, k.sqrt(k.sub(-1, k.abs(b))), k.div(b, zero), zero, k.neg(zero)];
      const number = (value: Node): Node => k.select(k.isNan(value), 7, value);
      for (const x of values) {
        for (const y of values) for (const op of ["min", "max", "minAny", "maxAny"] as const) emit(number(k[op](x, y)));
        for (const op of ["roundEven", "floor", "ceil", "trunc", "neg", "abs"] as const) emit(number(k[op](x)));
        emit(k.toI32Sat(x));
        for (const op of ["lt", "le", "eq", "ne"] as const) emit(k[op](x, b));
      }
    },
  },
  "counts that are not constants": {
    type: "vec i32",
    body(k, emit, a) {
      const three = k.iadd(k.any(k.eq(a, a)), 2);
      for (const count of [three, k.imul(three, 11)]) {
        for (const op of ["shl", "shr", "sar"] as const) emit(k[op](a, count));
        emit(k.shl(k.splat(three, "vec u16"), count));
        emit(k.shr(k.splat(k.isub(0, three), "vec u16"), count));
        emit(k.sar(k.splat(k.isub(0, three), "vec i16"), count));
        for (const op of ["shl", "shr", "sar"] as const)
          emit(k[op](k.splat(k.isub(5, k.imul(three, 40)), "vec i8"), count));
      }
    },
  },
  "scalar floats": {
    type: "f32",
    body(k, emit, a, b, c) {
      for (const op of ["add", "sub", "mul", "div", "min", "max", "minAny", "maxAny"] as const) emit(k[op](a, b));
      for (const op of ["neg", "abs", "roundEven", "floor", "ceil", "trunc"] as const) emit(k[op](a));
      for (const op of ["lt", "le", "eq", "ne"] as const) emit(k[op](a, b));
      for (const op of ["exp", "tanh", "erf", "sin", "cos"] as const) emit(k[op](a));
      emit(k.log(k.abs(a)));
      emit(k.fma(a, b, c));
      emit(k.toI32(a));
      emit(k.select(k.lt(a, b), c, a));
      emit(k.toF32(k.bitsOf(a)));
    },
  },
  "scalar integers": {
    type: "i32",
    body(k, emit, a, b, c) {
      for (const op of ["iadd", "isub", "imul", "imin", "imax", "and", "or", "xor"] as const) emit(k[op](a, b));
      for (const op of ["lt", "le", "eq", "ne"] as const) emit(k[op](a, b));
      for (const op of ["shl", "shr", "sar"] as const) emit(k[op](a, k.and(b, 31)));
      emit(k.idiv(a, k.or(b, 1)));
      emit(k.irem(a, k.or(b, 1)));
      emit(k.not(c));
      emit(k.select(k.any(k.lt(a, b)), c, a));
    },
  },
  "dot2 of pairs": {
    type: "vec i16",
    body(k, emit, a, b) {
      emit(k.dot2(k.iota(), a, b));
      emit(k.dot2(k.constant(-5, "vec i32"), a, a));
    },
  },
  lookup16: {
    type: "vec u8",
    body(k, emit, a, b) {
      emit(k.lookup16(a, k.and(b, 15)));
      emit(k.lookup16(a, b));
    },
  },
};

const data = (lanes: number): Int32Array => {
  const random = createRandom("leaves");
  const floats = Float32Array.from({ length: 4 * lanes }, () => random.uniform() * 100);
  const words = new Int32Array(floats.buffer);
  for (let i = 0; i < words.length; i += 3) words[i] = (random.u32() & 0x7effffff) | (random.u32() & 0x80000000);
  return words;
};

/** The kinds of leaves, by name. */
export const leafProbes: readonly string[] = Object.keys(cases);

/** What a machine makes of the leaves of a kind, on the same operands for all machines with these lanes. */
export function runLeaves(name: string, machine: Machine): Int32Array {
  const lanes = machine.target.lanes as number;
  const args = { x: data(lanes), y: new Int32Array(lanes * 160), n: 0 };
  return runKernel(probe.build({ ...cases[name]!, lanes }, machine.target), machine, args, { items: 1 }).y;
}
