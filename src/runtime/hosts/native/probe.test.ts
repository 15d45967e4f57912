import { describe, expect, it } from "vitest";
import type { NodeProcess } from "../current-process.ts";
import { currentProcess } from "../current-process.ts";
import { HostRefusal } from "../host-refusal.ts";
import type { HostSettings } from "../host-settings.ts";
import type { NativeHost } from "./native-host.ts";
import { nativeHostOn, openNativeHost } from "./native-host.ts";
import { nativeTargets } from "./native-targets.ts";
import type { ProbeOptions } from "./probe.ts";
import { probeNative } from "./probe.ts";

const auto: HostSettings = { native: "auto", target: undefined };
const own = nativeTargets.filter(({ arch }) => arch === process.arch).map(({ name }) => name);
const [plainest = ""] = own;

/** The codes of the targets of this architecture. */
function codesOf(options: ProbeOptions): string[] {
  const { targets } = probeNative({ settings: auto, ...options });
  return targets.filter(({ name }) => own.includes(name)).map((one) => (one.available ? "available" : one.code));
}

const all = (code: string) => own.map(() => code);

describe("probeNative", () => {
  it("finds a host, features and at least the plainest target here", () => {
    const { host, features, targets } = probeNative({ settings: auto });
    expect(host?.ffi.name).toBe("koffi");
    expect(features?.size).toBeGreaterThan(0);
    expect(targets.map(({ name }) => name)).toEqual(nativeTargets.map(({ name }) => name));
    expect(targets.find(({ name }) => name === plainest)).toEqual({ name: plainest, available: true });
  });

  it("refuses targets of another architecture before all else", () => {
    const { targets } = probeNative({ settings: { native: "off", target: undefined } });
    const others = targets.filter(({ name }) => !own.includes(name));
    expect(others.map((one) => one.available || one.code)).toEqual(others.map(() => "OTHER_ARCH"));
  });

  it("opens nothing when it is turned off", () => {
    const open = () => {
      throw new Error("opened");
    };
    expect(codesOf({ settings: { native: "off", target: undefined }, open })).toEqual(all("DISABLED"));
  });

  it("leaves only the target that was chosen", () => {
    expect(codesOf({ settings: { native: "auto", target: plainest } })).toEqual(
      own.map((name) => (name === plainest ? "available" : "DISABLED")),
    );
  });

  it("does not try systems where nobody has run it, unless it is forced to", () => {
    const mac = { ...(currentProcess() as NodeProcess), platform: "darwin", arch: process.arch };
    const open = () => openNativeHost();
    expect(codesOf({ process: mac, open })).toEqual(all("PLATFORM_UNTESTED"));
    expect(codesOf({ process: mac, open, settings: { native: "force", target: undefined } })).toContain("available");
  });

  it("says what refused to open", () => {
    const refuse = (code: "NO_FFI" | "FFI_DENIED") => () => {
      throw new HostRefusal(code, "because");
    };
    expect(codesOf({ open: refuse("NO_FFI") })).toEqual(all("NO_FFI"));
    expect(codesOf({ open: refuse("FFI_DENIED") })).toEqual(all("FFI_DENIED"));
  });

  it("finds nothing to call in a browser", () => {
    const { host, targets } = probeNative({ settings: auto, process: undefined });
    expect(host).toBeUndefined();
    expect(targets.every((one) => !one.available && one.code === "NO_FFI")).toBe(true);
  });

  it("names a library that does not load", () => {
    const open = () => {
      throw new Error("libc.so.6: cannot open shared object file");
    };
    const { targets } = probeNative({ settings: auto, open });
    const one = targets.find(({ name }) => name === plainest);
    expect(one).toMatchObject({ code: "NO_FFI", reason: expect.stringContaining("libc.so.6: cannot open") });
  });

  it("says that no page may be executable", () => {
    const real = openNativeHost();
    const open = () =>
      nativeHostOn(
        {
          ...real.ffi,
          bind: (library, symbol, arity) =>
            symbol === "mprotect" ? () => 0xffff_ffffn : real.ffi.bind(library, symbol, arity),
        },
        real,
      );
    expect(codesOf({ open })).toEqual(all("EXEC_DENIED"));
  });

  it("does not trust an interface through which a function returns something else", () => {
    const real = openNativeHost();
    const open = () => nativeHostOn({ ...real.ffi, entry: () => () => 3 }, real);
    expect(codesOf({ open })).toEqual(all("SELF_TEST_FAILED"));
  });

  it("runs the self test of available targets only, and passes on what differed", () => {
    const tested: string[] = [];
    const selfTest = (_host: NativeHost, target: string) => {
      tested.push(target);
      return target === plainest ? "rms-norm gave 1 instead of 2." : undefined;
    };
    const { targets } = probeNative({ settings: auto, selfTest });
    const failed = targets.find(({ name }) => name === plainest);
    expect(failed).toMatchObject({
      code: "SELF_TEST_FAILED",
      reason: "rms-norm gave 1 instead of 2. Use another target, and please report this.",
    });
    const available = targets.filter((one) => one.available).map(({ name }) => name);
    expect(tested.sort()).toEqual([plainest, ...available].sort());
  });
});
