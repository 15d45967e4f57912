/** Milliseconds of work after which a run lets the event loop turn. */
export const turnMs = 4;

/** Resolves in a later turn of the event loop, after timers and I/O that are due. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
