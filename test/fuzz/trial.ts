import { load } from "../../src/api/load.ts";
import type { Feed } from "../../src/runtime/feed.ts";
import type { PortInfo } from "../../src/runtime/model.ts";
import { LanewiseError } from "../../src/tensor/errors.ts";
import { randomTensor } from "../../src/tensor/random.ts";

export const limits = { maxBytes: 2 ** 20, maxNodes: 10_000, maxArenaBytes: 2 ** 26, timeoutMs: 2000 };

/** How far a model came: refused at load, refused before its first step, or running (to its end or to an error). */
export type Outcome = "refused" | "unfed" | "ran";

/** Loads a model and runs it once on made-up inputs. Errors of lanewise are an outcome; any other is thrown. */
export async function tryModel(bytes: Uint8Array): Promise<Outcome> {
  let outcome: Outcome = "refused";
  try {
    const externalData = { weights: new Uint8Array(64) };
    using model = await load(bytes, { limits, externalData });
    outcome = "unfed";
    const onStep = () => {
      outcome = "ran";
    };
    const feeds = Object.fromEntries(model.inputs.map((port) => [port.name, makeFeed(port)]));
    await model.run(feeds, { onStep });
    return "ran";
  } catch (error) {
    if (error instanceof LanewiseError) return outcome;
    throw error;
  }
}

const maxElements = 2 ** 16;

/** Data of the declared type; open dims are 2, and shapes that would be large are cut down, so that the model has to refuse them. */
function makeFeed({ kind, dtype, shape = [] }: PortInfo): Feed {
  if (kind !== "tensor" || dtype === undefined) return [];
  const sizes = shape.map((dim) => (typeof dim === "number" ? dim : 2));
  const fits = sizes.reduce((product, dim) => product * Math.max(dim, 1), 1) <= maxElements;
  return randomTensor(dtype, fits ? sizes : sizes.map(() => 1), 1);
}
