import type { StoredBytes } from "../../tensor/stored-bytes.ts";

/** Where the weights come from that a model keeps in other files. */
export interface ExternalData {
  /**
   * Reads `length` bytes (to the end when undefined) from `offset` of the file at `location`, a path as checkLocation returns it,
   * relative to the model, or says where they can be read from later. Throws FormatError when there is no such file or it is too short, before
   * it allocates anything.
   */
  read(location: string, offset: number, length: number | undefined): Promise<Uint8Array | StoredBytes>;
}
