import { FormatError, LanewiseError, UsageError } from "../tensor/errors.ts";
import { checkSignal } from "./check-signal.ts";
import type { ReadOptions } from "./read-options.ts";
import { checkSize } from "./read-options.ts";

export interface StreamFacts {
  /** Names the stream in messages. */
  readonly label: string;
  /** Bytes that it will give, where that is known. */
  readonly total?: number | undefined;
}

/**
 * Reads a stream of bytes to its end. Cancels it as soon as the signal fires or more than maxBytes have come. Throws FormatError when it
 * breaks off, UsageError when it is being read already or gives something else than bytes, AbortedError, LimitError.
 */
export async function readStream(
  stream: ReadableStream<Uint8Array>,
  { label, total = 0 }: StreamFacts,
  options: ReadOptions,
): Promise<Uint8Array> {
  const { signal, maxBytes } = options;
  checkSize(label, total, maxBytes);
  if (stream.locked) throw new UsageError(`${label} is being read already. Load the model from a stream of its own.`);
  const reader = stream.getReader();
  const cancel = (reason: unknown): void => {
    // A stream that broke rejects with the error that its reader was given.
    reader.cancel(reason).catch(() => undefined);
  };
  const onAbort = () => cancel(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      checkSignal(signal);
      if (done) return joined(parts, size);
      if (!ArrayBuffer.isView(value))
        throw new UsageError(`${label} gave a ${typeof value}; a stream of bytes is needed (Uint8Array).`);
      size += value.byteLength;
      checkSize(label, size, maxBytes);
      parts.push(value);
      options.onBytes?.(size, total);
    }
  } catch (error) {
    cancel(error);
    checkSignal(signal);
    if (error instanceof LanewiseError || !(error instanceof Error)) throw error;
    throw new FormatError(`${label} broke off after ${size} bytes: ${error.message}. Load it again.`, { cause: error });
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of parts) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}
