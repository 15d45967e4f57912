/** Bytes that lie elsewhere, such as in a file, and are read when somebody asks. */
export interface StoredBytes {
  readonly length: number;
  /** Fills `target` with the bytes from `offset` on. Throws FormatError where they cannot be read any more, or have changed. */
  read(target: Uint8Array, offset: number): void;
}

/** All of it in memory of its own. */
export function readAll(bytes: StoredBytes): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(bytes.length);
  bytes.read(all, 0);
  return all;
}
