import { afterEach, describe, expect, it, vi } from "vitest";
import type { NodeProcess } from "../current-process.ts";
import { currentProcess } from "../current-process.ts";
import { openFfi } from "./open-ffi.ts";

/** A Node whose `require` knows what `koffi` says, and which may have node:ffi. */
function nodeWith({ koffi, ffi }: { readonly koffi?: () => unknown; readonly ffi?: unknown }): NodeProcess {
  const require = Object.assign(() => koffi?.(), {
    resolve() {
      if (koffi === undefined) throw new Error("Cannot find module 'koffi'");
    },
  });
  const modules: Readonly<Record<string, unknown>> = {
    "node:module": { createRequire: () => require },
    "node:ffi": ffi,
  };
  return {
    ...currentProcess(),
    platform: "linux",
    arch: process.arch,
    versions: { node: "20.19.0" },
    getBuiltinModule: (name: string) => modules[name],
  } as unknown as NodeProcess;
}

const refusal = (code: string, sentence: string) =>
  expect.objectContaining({ refusal: code, message: expect.stringContaining(sentence) });

const denied = (code: string) => () => {
  throw Object.assign(new Error("denied"), { code });
};

/** node:ffi as a Node started without --allow-ffi has it. */
const deniedFfi = {
  DynamicLibrary: class {
    constructor() {
      denied("ERR_ACCESS_DENIED")();
    }
  },
};
/** node:ffi whose functions do nothing. */
const ffi = {
  DynamicLibrary: class {
    readonly getFunction = () => () => 0n;
  },
};

afterEach(() => vi.unstubAllGlobals());

describe("openFfi on Node", () => {
  it("asks for koffi where there is nothing", () => {
    expect(() => openFfi(nodeWith({}))).toThrow(refusal("NO_FFI", "npm install koffi, or use Node 26"));
  });

  it("takes node:ffi where koffi is not installed or may not load", () => {
    expect(openFfi(nodeWith({ ffi })).name).toBe("node:ffi");
    expect(openFfi(nodeWith({ ffi, koffi: denied("ERR_DLOPEN_DISABLED") })).name).toBe("node:ffi");
  });

  it("says which flag is missing, of koffi first", () => {
    expect(() => openFfi(nodeWith({ ffi: deniedFfi }))).toThrow(refusal("FFI_DENIED", "--allow-ffi"));
    const both = { ffi: deniedFfi, koffi: denied("ERR_DLOPEN_DISABLED") };
    expect(() => openFfi(nodeWith(both))).toThrow(refusal("FFI_DENIED", "--allow-addons"));
  });

  it("tells a koffi that is broken from one that is too old", () => {
    expect(() => openFfi(nodeWith({ koffi: denied("ENOENT") }))).toThrow(refusal("NO_FFI", "install it again"));
    expect(() => openFfi(nodeWith({ koffi: () => ({ version: "2.16.3" }) }))).toThrow(
      refusal("NO_FFI", "koffi 2.16.3 cannot call raw addresses: install koffi 3 or later"),
    );
  });
});

describe("openFfi elsewhere", () => {
  const runtime = (name: string) => ({ ...nodeWith({}), versions: { node: "24.0.0", [name]: "1.0.0" } });

  it("does not let Deno ask the person at the terminal", () => {
    const dlopen = vi.fn();
    vi.stubGlobal("Deno", { dlopen, permissions: { querySync: () => ({ state: "prompt" }) } });
    expect(() => openFfi(runtime("deno"))).toThrow(refusal("FFI_DENIED", "--allow-ffi"));
    expect(dlopen).not.toHaveBeenCalled();
  });

  it("is refused by a Deno without dlopen, and by a Bun without bun:ffi", () => {
    vi.stubGlobal("Deno", {});
    expect(() => openFfi(runtime("deno"))).toThrow(refusal("NO_FFI", "Deno.dlopen"));
    expect(() => openFfi(runtime("bun"))).toThrow(refusal("NO_FFI", "bun:ffi"));
  });
});
