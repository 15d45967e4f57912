import type { CpuFeatures } from "./cpu-features.ts";
import type { NativeHost } from "./native-host.ts";

interface Row {
  /** What Linux calls it in /proc/cpuinfo. */
  readonly flag: string;
  /** Linux: AT_HWCAP (16) or AT_HWCAP2 (26), and the bit. */
  readonly hwcap: readonly [entry: number, bit: number];
  /** macOS: the name that sysctlbyname answers 1 for; none where no Mac has it. */
  readonly sysctl?: string;
  /** Windows: the argument of IsProcessorFeaturePresent. */
  readonly windows?: number;
}

/** The kernel's arch/arm64/include/uapi/asm/hwcap.h, Apple's "Determining instruction set characteristics", winnt.h. */
export const arm64Features = {
  neon: { flag: "asimd", hwcap: [16, 1], sysctl: "hw.optional.AdvSIMD", windows: 19 },
  fp16: { flag: "asimdhp", hwcap: [16, 10], sysctl: "hw.optional.arm.FEAT_FP16", windows: 67 },
  dotprod: { flag: "asimddp", hwcap: [16, 20], sysctl: "hw.optional.arm.FEAT_DotProd", windows: 43 },
  i8mm: { flag: "i8mm", hwcap: [26, 13], sysctl: "hw.optional.arm.FEAT_I8MM", windows: 66 },
  bf16: { flag: "bf16", hwcap: [26, 14], sysctl: "hw.optional.arm.FEAT_BF16", windows: 68 },
  sve: { flag: "sve", hwcap: [16, 22], windows: 46 },
  sve2: { flag: "sve2", hwcap: [26, 1], windows: 47 },
  svei8mm: { flag: "svei8mm", hwcap: [26, 9], windows: 57 },
  svebf16: { flag: "svebf16", hwcap: [26, 12], windows: 51 },
} as const satisfies Readonly<Record<string, Row>>;

/** Asks the system; it lists nothing whose registers it does not save. */
export function readArm64Features(host: NativeHost): CpuFeatures {
  const has = questions[host.platform] ?? linux;
  const ask = has(host);
  const usable = Object.entries<Row>(arm64Features).filter(([, row]) => ask(row));
  return { usable: new Set(usable.map(([name]) => name)), unsaved: new Set() };
}

type Question = (row: Row) => boolean;

const questions: Readonly<Record<string, (host: NativeHost) => Question>> = { darwin: macos, win32: windows };

function linux({ ffi }: NativeHost): Question {
  const getauxval = ffi.bind("c", "getauxval", 1);
  return ({ hwcap: [entry, bit] }) => ((getauxval(BigInt(entry)) >> BigInt(bit)) & 1n) === 1n;
}

function macos({ ffi }: NativeHost): Question {
  const sysctlbyname = ffi.bind("c", "sysctlbyname", 5);
  return ({ sysctl }) => {
    if (sysctl === undefined) return false;
    const name = new Uint8Array(new ArrayBuffer(sysctl.length + 1));
    name.set(new TextEncoder().encode(sysctl));
    const value = new BigUint64Array(1);
    const size = BigUint64Array.of(8n);
    const [valueAt, sizeAt] = [value, size].map(({ buffer }) => ffi.addressOf(new Uint8Array(buffer)));
    sysctlbyname(ffi.addressOf(name), valueAt ?? 0n, sizeAt ?? 0n, 0n, 0n);
    return value[0] === 1n;
  };
}

function windows({ ffi }: NativeHost): Question {
  const isPresent = ffi.bind("kernel32", "IsProcessorFeaturePresent", 1);
  return ({ windows: feature }) => feature !== undefined && BigInt.asUintN(32, isPresent(BigInt(feature))) !== 0n;
}
