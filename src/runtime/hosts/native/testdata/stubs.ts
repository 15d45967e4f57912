/** Little functions `int entry(void* context, void* argument)` for tests, per architecture, as GNU as writes them. */

const x64 = {
  /** return 0 */
  zero: [0x31, 0xc0, 0xc3],
  /** return 7 */
  seven: [0xb8, 7, 0, 0, 0, 0xc3],
  /** *(int64*)argument = context; return 0 */
  storeContext: [0x48, 0x89, 0x3e, 0x31, 0xc0, 0xc3],
  /** *(int32*)argument += 1; return 0 */
  increment: [0xff, 0x06, 0x31, 0xc0, 0xc3],
};

/** mov w0, #0 and ret, in bytes. */
const returnZero = [0x00, 0x00, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6];
const arm64: typeof x64 = {
  zero: returnZero,
  seven: [0xe0, 0x00, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6],
  // str x0, [x1]
  storeContext: [0x20, 0x00, 0x00, 0xf9, ...returnZero],
  // ldr w2, [x1]; add w2, w2, #1; str w2, [x1]
  increment: [0x22, 0x00, 0x40, 0xb9, 0x42, 0x04, 0x00, 0x11, 0x22, 0x00, 0x00, 0xb9, ...returnZero],
};

export type Stub = keyof typeof x64;

/** The code of a stub for this processor. */
export function stub(name: Stub): Uint8Array {
  return Uint8Array.from((process.arch === "arm64" ? arm64 : x64)[name]);
}
