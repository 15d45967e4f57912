/**
 * What a driver reads: it walks a table of steps, calls each step's kernel in chunks of work items, and stops early when its
 * budget is used up or the abort word is set. Everything lies in the arena, in little-endian 32-bit words; each number here is a byte offset.
 *
 * The WebAssembly driver is `run(steps, count, cursor)`: the addresses of the table and of the cursor, and the number of steps. A native
 * driver is `int entry(context, unused)`, returns 0, and finds its arguments in the context.
 */

/** A step: what to call and how much of it there is. */
export const stepRecord = {
  /** WebAssembly: the kernel's index in the table of functions. Native: its offset from the start of the code region. */
  entry: 0,
  /** The address of the argument block. */
  args: 4,
  /** Work items in all. */
  items: 8,
  /** Work items of one call, at least 1. */
  chunk: 12,
  bytes: 16,
} as const;

/** Where a driver stands. It goes on from there when it is called again, and has come to the end when `step` equals the count. */
export const cursorRecord = {
  step: 0,
  item: 4,
  /** Calls that the driver may make before it returns; it counts down, and stops at 0. Read as signed. */
  budget: 8,
  /** Not 0: return before the next call. */
  abort: 12,
  bytes: 16,
} as const;

/** The context of a native driver; the first two fields are 64-bit. */
export const nativeContext = {
  /** The absolute address of the arena. */
  base: 0,
  /** The absolute address of the code region. */
  code: 8,
  /** Addresses in the arena: the table of steps, and its length. */
  steps: 16,
  count: 20,
  cursor: 24,
  /** The address of this thread's scratch, a multiple of 64. */
  scratch: 28,
  bytes: 32,
} as const;
