import { LanewiseError } from "../tensor/errors.ts";
import type { Io } from "./io.ts";

/** Prints why a command failed, without a stack unless DEBUG is set, and answers the exit code: 2 for bad usage, else 1. */
export function reportError(error: unknown, io: Io): number {
  io.stderr.write(`error: ${messageOf(error)}\n`);
  if (io.env["DEBUG"]) io.stderr.write(`${stackOf(error)}\n`);
  return error instanceof LanewiseError && error.code === "USAGE" ? 2 : 1;
}

/** The message for people. What nobody foresaw is a fault of lanewise itself, and says so. */
export function messageOf(error: unknown): string {
  if (error instanceof LanewiseError || isSystemError(error)) return error.message;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${text}\nThis is a fault of lanewise itself. Please report it, with what DEBUG=1 shows.`;
}

/** A file that cannot be opened, a full disk and the like: Node's own message names file and reason. */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && "syscall" in error;

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  // The first line of a stack repeats name and message as they were before context was added.
  return `${error.stack ?? error.message}${cause}`;
}
