import type { NodeProcess } from "../current-process.ts";
import { HostRefusal } from "../host-refusal.ts";
import type { Ffi } from "./ffi.ts";
import { openBunFfi } from "./ffi-bun.ts";
import { openDenoFfi } from "./ffi-deno.ts";
import { openKoffi } from "./ffi-koffi.ts";
import { openNodeFfi } from "./ffi-node.ts";

/** The foreign function interface of this runtime. Throws HostRefusal NO_FFI or FFI_DENIED where there is none or it may not be used. */
export function openFfi(process: NodeProcess): Ffi {
  if (process.versions["bun"] !== undefined) return openBunFfi(process) ?? none("This Bun has no bun:ffi: update Bun.");
  if (process.versions["deno"] !== undefined) {
    return openDenoFfi(process) ?? none("This Deno has no Deno.dlopen: run it on a computer of your own.");
  }
  return firstOf([openKoffi, openNodeFfi], process);
}

/** The first interface there is. Where none is, the first refusal, which is of the one that users would rather have. */
function firstOf(openers: readonly ((process: NodeProcess) => Ffi | undefined)[], process: NodeProcess): Ffi {
  const refusals: HostRefusal[] = [];
  for (const open of openers) {
    try {
      const ffi = open(process);
      if (ffi !== undefined) return ffi;
    } catch (error) {
      if (!(error instanceof HostRefusal)) throw error;
      refusals.push(error);
    }
  }
  if (refusals[0] !== undefined) throw refusals[0];
  return none(
    `Node ${process.versions["node"]} cannot call machine code by itself: npm install koffi, or use Node 26.`,
  );
}

function none(sentence: string): never {
  throw new HostRefusal("NO_FFI", sentence);
}
