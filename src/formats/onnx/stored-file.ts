import { FormatError, UsageError } from "../../tensor/errors.ts";
import type { StoredBytes } from "../../tensor/stored-bytes.ts";
import { readAll } from "../../tensor/stored-bytes.ts";

type FileSystem = typeof import("node:fs");

/** One read call takes at most this much; Node refuses 2 GiB and more. */
const chunkBytes = 2 ** 30;

/** How a file is read. */
export interface StoredFileSizes {
  /** Bytes read at a time where one field follows the other; no less than 10. */
  readonly windowBytes: number;
  /** Ranges up to this are read at once and held: it is small ones that are looked at again and again. */
  readonly heldBytes: number;
}

const usualSizes: StoredFileSizes = { windowBytes: 2 ** 14, heldBytes: 2 ** 16 };

/** Closes files whose readers were all collected. */
const collected = new FinalizationRegistry<{ readonly fs: FileSystem; readonly file: number }>(({ fs, file }) =>
  fs.closeSync(file),
);

/**
 * A file that stays open while it is read from, in ranges (Node, Bun, Deno): one that is unlinked or replaced meanwhile is read on. One that is
 * written to after it was opened is refused with a FormatError by the next read.
 */
export class StoredFile implements StoredBytes {
  readonly length: number;
  readonly sizes: StoredFileSizes;
  /** Whether anybody has a range to read later. */
  hasRanges = false;
  readonly #fs: FileSystem;
  readonly #label: string;
  readonly #file: number;
  readonly #written: bigint;
  #isOpen = true;

  /** `label` is the file in messages. Throws what the file system throws. */
  static async open(path: string, label: string, sizes = usualSizes): Promise<StoredFile> {
    const fs = await import("node:fs");
    return new StoredFile(fs, fs.openSync(path, "r"), { label, sizes });
  }

  private constructor(
    fs: FileSystem,
    file: number,
    { label, sizes }: { readonly label: string; readonly sizes: StoredFileSizes },
  ) {
    const { size, mtimeNs } = fs.fstatSync(file, { bigint: true });
    this.length = Number(size);
    this.sizes = sizes;
    this.#fs = fs;
    this.#label = label;
    this.#file = file;
    this.#written = mtimeNs;
    collected.register(this, { fs, file }, this);
  }

  /** A range of the file: read now, or if it is large by whoever wants its bytes. */
  bytes(offset: number, length: number): Uint8Array | StoredBytes {
    const range: StoredBytes = { length, read: (target, from) => this.read(target, offset + from) };
    if (length <= this.sizes.heldBytes) return readAll(range);
    this.hasRanges = true;
    return range;
  }

  read(target: Uint8Array, offset: number): void {
    if (!this.#isOpen) throw new UsageError("The model has been disposed of. Load it again to run it.");
    let done = 0;
    let isWhole = true;
    try {
      while (isWhole && done < target.length) {
        const count = this.#fs.readSync(
          this.#file,
          target,
          done,
          Math.min(chunkBytes, target.length - done),
          offset + done,
        );
        done += count;
        isWhole = count > 0;
      }
      const { size, mtimeNs } = this.#fs.fstatSync(this.#file, { bigint: true });
      isWhole &&= Number(size) === this.length && mtimeNs === this.#written;
    } catch (cause) {
      throw new FormatError(`${this.#label} cannot be read: ${(cause as Error).message}. Load the model again.`, {
        cause,
      });
    }
    if (isWhole) return;
    throw new FormatError(
      `${this.#label} changed after it was opened: its weights are read when they are needed. Load the model again.`,
    );
  }

  /** Gives the file back. Calling it twice is fine. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    collected.unregister(this);
    this.#fs.closeSync(this.#file);
  }
}
