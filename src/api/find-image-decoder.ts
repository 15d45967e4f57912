import type { Graph } from "../graph/graph.ts";
import { isGraph } from "../graph/graph.ts";
import type { DecodeImage } from "../graph/image.ts";
import { topological } from "../graph/topological.ts";
import { decodeImage } from "../ops/decode-image.ts";
import { currentProcess } from "../runtime/hosts/current-process.ts";

/** The decoder of pictures that is installed, for graphs that need one; else undefined. Throws UnsupportedError for one that is broken. */
export async function findImageDecoder(graph: Graph): Promise<DecodeImage | undefined> {
  const process = currentProcess();
  if (process === undefined || !decodesImages(graph)) return undefined;
  const { magickDecoder } = await import("./magick-decoder.ts");
  return magickDecoder(process);
}

/** Whether the graph or a body in it has the operator. */
function decodesImages({ outputs }: Graph): boolean {
  return topological(outputs.map(({ value }) => value)).some(
    ({ op, attributes }) =>
      op === decodeImage || Object.values(attributes).some((each) => isGraph(each) && decodesImages(each)),
  );
}
