import { FormatError } from "../../tensor/errors.ts";

/** Throws a TypeError for bytes that are not UTF-8; keeps a leading byte-order mark, which in protobuf is text. */
export const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text from the bytes of a file. A FormatError names what was being read when they are not UTF-8. */
export function decodeText(bytes: Uint8Array, what: () => string): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (cause) {
    throw new FormatError(`${what()}: its bytes are not valid UTF-8 text. Export the model again.`, { cause });
  }
}
