/** A function that has its instructions, and gives its bytes with its constants behind them. */
export interface Linkable {
  readonly name: string;
  readonly assembler: { finish(): Uint8Array };
}

/** The functions one after another, each at a multiple of 64, and where each begins. */
export function link(functions: readonly Linkable[]): {
  readonly code: Uint8Array<ArrayBuffer>;
  readonly entries: ReadonlyMap<string, number>;
} {
  const blobs = functions.map(({ name, assembler }) => ({ name, bytes: assembler.finish() }));
  const entries = new Map<string, number>();
  let size = 0;
  for (const { name, bytes } of blobs) {
    if (entries.has(name)) throw new RangeError(`Two kernels are called ${name}; give each a name of its own.`);
    entries.set(name, size);
    size += Math.ceil(bytes.length / 64) * 64;
  }
  const code = new Uint8Array(size);
  for (const { name, bytes } of blobs) code.set(bytes, entries.get(name));
  return { code, entries };
}
