import { AbortedError } from "../tensor/errors.ts";

/** Throws AbortedError when the signal of a load has fired. */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbortedError("Loading the model was aborted by its signal.", { cause: signal.reason });
}
