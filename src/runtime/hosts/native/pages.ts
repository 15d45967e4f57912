import type { Address } from "./ffi.ts";

/** What may be done with pages. There is no "write and execute": whoever could write a page must give that up to run it. */
export type PageAccess = "none" | "read-write" | "read-execute";

/** Memory of the operating system in whole pages. */
export interface Pages {
  /** Bytes of a page. */
  readonly size: number;
  /** New zeroed pages that may be read and written, `bytes` long (a multiple of `size`). Throws LimitError when the system has none. */
  allocate(bytes: number): Address;
  /** Throws HostRefusal EXEC_DENIED where the system forbids it. */
  protect(start: Address, bytes: number, access: PageAccess): void;
  /** Gives back all that one `allocate` made. */
  free(start: Address, bytes: number): void;
  /** Makes code that was written at `start` visible to instruction fetch. */
  flushInstructionCache(start: Address, bytes: number): void;
  /** Copies `bytes` to `target`, which must be writable. */
  write(target: Address, bytes: Uint8Array): void;
}
