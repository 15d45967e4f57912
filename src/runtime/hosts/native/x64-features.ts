import { Assembler } from "../../../codegen/x64/assembler.ts";
import { mem } from "../../../codegen/x64/operand.ts";
import { gpr, rax, rbx, rcx, rdx, rsi } from "../../../codegen/x64/registers.ts";
import type { CpuFeatures } from "./cpu-features.ts";
import type { NativeHost } from "./native-host.ts";

type Register = "eax" | "ebx" | "ecx" | "edx";

interface Row {
  /** What Linux calls it in /proc/cpuinfo. */
  readonly flag: string;
  /** Where CPUID says so: leaf, subleaf, register, bit. */
  readonly cpuid: readonly [leaf: number, subleaf: number, register: Register, bit: number];
  /** The bits of XCR0 that say that the system saves its registers. */
  readonly state: number;
}

/** None, since every system saves the general registers; XMM and YMM; those, opmasks and ZMM; the tile configuration and data. */
const states = { none: 0, ymm: 0x6, zmm: 0xe6, tiles: 0x60000 };

/** Intel's manual, volume 2, CPUID, and volume 1, 13.3; the names are those of compilers. */
export const x64Features = {
  avx: { flag: "avx", cpuid: [1, 0, "ecx", 28], state: states.ymm },
  fma: { flag: "fma", cpuid: [1, 0, "ecx", 12], state: states.ymm },
  bmi1: { flag: "bmi1", cpuid: [7, 0, "ebx", 3], state: states.none },
  bmi2: { flag: "bmi2", cpuid: [7, 0, "ebx", 8], state: states.none },
  f16c: { flag: "f16c", cpuid: [1, 0, "ecx", 29], state: states.ymm },
  avx2: { flag: "avx2", cpuid: [7, 0, "ebx", 5], state: states.ymm },
  avxvnni: { flag: "avx_vnni", cpuid: [7, 1, "eax", 4], state: states.ymm },
  avx512f: { flag: "avx512f", cpuid: [7, 0, "ebx", 16], state: states.zmm },
  avx512dq: { flag: "avx512dq", cpuid: [7, 0, "ebx", 17], state: states.zmm },
  avx512bw: { flag: "avx512bw", cpuid: [7, 0, "ebx", 30], state: states.zmm },
  avx512vl: { flag: "avx512vl", cpuid: [7, 0, "ebx", 31], state: states.zmm },
  avx512vbmi: { flag: "avx512vbmi", cpuid: [7, 0, "ecx", 1], state: states.zmm },
  avx512vnni: { flag: "avx512_vnni", cpuid: [7, 0, "ecx", 11], state: states.zmm },
  avx512bf16: { flag: "avx512_bf16", cpuid: [7, 1, "eax", 5], state: states.zmm },
  avx512fp16: { flag: "avx512_fp16", cpuid: [7, 0, "edx", 23], state: states.zmm },
  "amx-tile": { flag: "amx_tile", cpuid: [7, 0, "edx", 24], state: states.tiles },
  "amx-int8": { flag: "amx_int8", cpuid: [7, 0, "edx", 25], state: states.tiles },
  "amx-bf16": { flag: "amx_bf16", cpuid: [7, 0, "edx", 22], state: states.tiles },
  "amx-fp16": { flag: "amx_fp16", cpuid: [7, 1, "eax", 21], state: states.tiles },
} as const satisfies Readonly<Record<string, Row>>;

/** OSXSAVE: without it XGETBV is not an instruction. */
const osxsave = [1, 0, "ecx", 27] as const;

/** Reads the processor's features by CPUID and XGETBV, run as machine code. */
export function readX64Features(host: NativeHost): CpuFeatures {
  const cpuid = memoized(readerOf(host));
  const has = ([leaf, subleaf, register, bit]: Row["cpuid"]) => {
    const { eax: maxLeaf } = cpuid(0, 0);
    const { eax: maxSubleaf } = leaf === 7 ? cpuid(7, 0) : { eax: 0 };
    return leaf <= maxLeaf && subleaf <= maxSubleaf && ((cpuid(leaf, subleaf)[register] >>> bit) & 1) === 1;
  };
  const saved = has(osxsave) ? readXcr0(host) : 0;
  const present = Object.entries(x64Features).filter(([, row]) => has(row.cpuid));
  const allowed = ({ state }: Row) => (saved & state) === state && (state !== states.tiles || requestTiles(host));
  const usable = present.filter(([, row]) => allowed(row)).map(([name]) => name);
  const unsaved = present.map(([name]) => name).filter((name) => !usable.includes(name));
  return { usable: new Set(usable), unsaved: new Set(unsaved) };
}

type Cpuid = (leaf: number, subleaf: number) => Readonly<Record<Register, number>>;

function memoized(cpuid: Cpuid): Cpuid {
  const seen = new Map<string, ReturnType<Cpuid>>();
  return (leaf, subleaf) => {
    const key = `${leaf} ${subleaf}`;
    const known = seen.get(key) ?? cpuid(leaf, subleaf);
    seen.set(key, known);
    return known;
  };
}

/** The second argument of an entry, by the system's way to call. */
const argumentOf = ({ platform }: NativeHost) => (platform === "win32" ? rdx : rsi);
/** Neither an argument, nor kept for callers, nor written by CPUID. */
const block = gpr(8);

/** CPUID of the leaf and subleaf in the first two words of a block, which it overwrites with the four registers. */
function readerOf(host: NativeHost): Cpuid {
  const code = new Assembler();
  code.emit("push", {}, rbx);
  code.emit("mov", { width: 64 }, block, argumentOf(host));
  code.emit("mov", {}, rax, mem(block, 0));
  code.emit("mov", {}, rcx, mem(block, 4));
  code.emit("cpuid", {});
  [rax, rbx, rcx, rdx].forEach((register, at) => void code.emit("mov", {}, mem(block, 4 * at), register));
  code.emit("pop", {}, rbx);
  const bytes = returningZero(code);
  return (leaf, subleaf) => {
    const [eax, ebx, ecx, edx] = callWith(host, bytes, [leaf, subleaf, 0, 0]);
    return { eax, ebx, ecx, edx };
  };
}

/** The low 32 bits of extended control register 0. */
function readXcr0(host: NativeHost): number {
  const code = new Assembler();
  code.emit("mov", { width: 64 }, block, argumentOf(host));
  code.emit("xor", {}, rcx, rcx);
  code.emit("xgetbv", {});
  code.emit("mov", {}, mem(block, 0), rax);
  return callWith(host, returningZero(code), [0, 0, 0, 0])[0];
}

function returningZero(code: Assembler): Uint8Array {
  code.emit("xor", {}, rax, rax);
  code.emit("ret", {});
  return code.finish();
}

type Words = [number, number, number, number];

function callWith(host: NativeHost, code: Uint8Array, words: Words): Words {
  const held = Uint32Array.from(words);
  using region = host.map(code);
  region.entry(0)(0n, host.ffi.addressOf(new Uint8Array(held.buffer)));
  const [a = 0, b = 0, c = 0, d = 0] = held;
  return [a, b, c, d];
}

/** Linux lends the tile registers to processes that ask: arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA). */
function requestTiles({ ffi, platform }: NativeHost): boolean {
  if (platform !== "linux") return false;
  const [archPrctl, requestPermission, tileData] = [158n, 0x1023n, 18n];
  return ffi.bind("c", "syscall", 3)(archPrctl, requestPermission, tileData) === 0n;
}
