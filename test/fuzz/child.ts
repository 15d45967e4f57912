import { writeSync } from "node:fs";
import { corpus, vocabulary } from "./corpus.ts";
import type { MutantSource } from "./mutate.ts";
import { makeMutant } from "./mutate.ts";
import type { Outcome } from "./trial.ts";
import { tryModel } from "./trial.ts";

/** What this process writes to its fourth stream, a line of JSON each. */
export type ChildMessage =
  | { readonly kind: "start"; readonly mutant: number; readonly model: string }
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  | { readonly kind: "fault"; readonly why: string };

const stream = 3;
const maxMilliseconds = 6000;
const maxBytes = 2 ** 28;

/** Writes at once, so that nothing is lost when the next mutant ends the process. */
const tell = (message: ChildMessage) => writeSync(stream, `${JSON.stringify(message)}\n`);

async function tryMutant(source: MutantSource, mutant: number): Promise<void> {
  const { name, bytes } = makeMutant(source, mutant);
  tell({ kind: "start", mutant, model: name });
  const before = process.memoryUsage().arrayBuffers;
  const start = performance.now();
  try {
    tell({ kind: "outcome", outcome: await tryModel(bytes) });
  } catch (error) {
    tell({ kind: "fault", why: error instanceof Error ? (error.stack ?? error.message) : `threw ${String(error)}` });
  }
  const milliseconds = performance.now() - start;
  if (milliseconds > maxMilliseconds) tell({ kind: "fault", why: `took ${Math.round(milliseconds)} ms` });
  const grown = process.memoryUsage().arrayBuffers - before;
  if (grown > maxBytes) tell({ kind: "fault", why: `allocated ${grown} bytes` });
}

/** `child.mjs SEED FIRST`: tries mutants one after another until it is stopped. */
const [seed, first] = process.argv.slice(2).map(Number);
const source: MutantSource = { corpus: corpus(), vocabulary: vocabulary(), seed: seed ?? 0 };
for (let mutant = first ?? 0; ; mutant++) await tryMutant(source, mutant);
