import type { Graph } from "../graph/graph.ts";
import { holdsOp } from "../graph/holds-op.ts";
import type { DecodeImage } from "../graph/image.ts";
import { decodeImage } from "../ops/decode-image.ts";
import { currentProcess } from "../runtime/hosts/current-process.ts";

/** The decoder of pictures that is installed, for graphs that need one; else undefined. Throws UnsupportedError for one that is broken. */
export async function findImageDecoder(graph: Graph): Promise<DecodeImage | undefined> {
  const process = currentProcess();
  if (process === undefined || !holdsOp(graph, (op) => op === decodeImage)) return undefined;
  const { magickDecoder } = await import("./magick-decoder.ts");
  return magickDecoder(process);
}
