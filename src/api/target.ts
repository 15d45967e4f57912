import { TargetError, UsageError } from "../tensor/errors.ts";

export interface ChosenTarget {
  readonly target: string;
  readonly threads: number;
  /** Why it came to this, as sentences. */
  readonly reasons: readonly string[];
}

/** What may run a model. One row a target. */
export const targets: readonly {
  readonly name: string;
  readonly available: boolean;
  readonly code?: string;
  readonly reason?: string;
}[] = [{ name: "eval", available: true }];

/** The target and the number of threads for what the caller asked. Throws TargetError for a target that does not exist, UsageError for a bad thread count. */
export function chooseTarget({
  target = "auto",
  threads,
}: {
  readonly target?: string | undefined;
  readonly threads?: number | undefined;
}): ChosenTarget {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new UsageError(`The option threads must be a whole number of 1 or more, got ${String(threads)}.`);
  }
  if (target !== "auto" && !targets.some(({ name }) => name === target)) {
    throw new TargetError(
      `There is no target "${target}"; the targets are auto, ${targets.map(({ name }) => name).join(", ")}.`,
    );
  }
  const reasons = ["eval is the only target: every step runs its operator's meaning in TypeScript"];
  if (threads !== undefined && threads > 1)
    reasons.push(`1 thread instead of ${threads}: eval runs on the calling thread`);
  return { target: "eval", threads: 1, reasons };
}
