/** The errors that lanewise throws, and how context is added to them. Each message is a sentence with the values in it. */

export type ErrorCode = "FORMAT" | "UNSUPPORTED" | "SHAPE" | "TARGET" | "USAGE" | "LIMIT" | "ABORTED";

/** What all errors of lanewise have in common. `code` says the kind, also across copies of the package. */
export abstract class LanewiseError extends Error {
  abstract readonly code: ErrorCode;
}

/** A file is not what it claims to be: damaged, truncated, or of another format. */
export class FormatError extends LanewiseError {
  override readonly name = "FormatError";
  override readonly code = "FORMAT";
}

/** The file is valid but needs something that lanewise does not have. */
export class UnsupportedError extends LanewiseError {
  override readonly name = "UnsupportedError";
  override readonly code = "UNSUPPORTED";
}

/** Shapes or dtypes do not fit together. */
export class ShapeError extends LanewiseError {
  override readonly name = "ShapeError";
  override readonly code = "SHAPE";
}

/** A target is unknown or cannot run here. */
export class TargetError extends LanewiseError {
  override readonly name = "TargetError";
  override readonly code = "TARGET";
}

/** The caller asked for something that makes no sense: an unknown name, a wrong option, a disposed model. */
export class UsageError extends LanewiseError {
  override readonly name = "UsageError";
  override readonly code = "USAGE";
}

/** A size or a time is beyond a limit, set by the caller or built in. */
export class LimitError extends LanewiseError {
  override readonly name = "LimitError";
  override readonly code = "LIMIT";
}

/** The caller's AbortSignal fired; `cause` is its reason. */
export class AbortedError extends LanewiseError {
  override readonly name = "AbortedError";
  override readonly code = "ABORTED";
}

/** Throws an error that begins "Bug:" when a condition that lanewise itself must keep does not hold. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Bug: ${message}`);
}

/**
 * Runs fn; a LanewiseError that comes out of it gets "context: " before its message and keeps its class, fields, stack and
 * cause.
 */
export function within<T>(context: string, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    throw withContext(context, error);
  }
}

/** The same for work that is awaited. */
export async function withinAsync<T>(context: string, fn: () => Promise<T>): Promise<T> {
  try {
    return await fn();
  } catch (error) {
    throw withContext(context, error);
  }
}

function withContext(context: string, error: unknown): unknown {
  if (error instanceof LanewiseError) error.message = `${context}: ${error.message}`;
  return error;
}
