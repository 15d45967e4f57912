/** What a command sees of the world around it, so that tests can put something else in its place. */
export interface Io {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the process will exit with; commands that find a failure set it to 1. */
  exitCode: number;
}

export const processIo = (): Io => ({
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  exitCode: 0,
});

/** Writes one line to standard output. */
export function print(io: Io, text: string): void {
  io.stdout.write(`${text}\n`);
}

/** Writes one JSON document, in a line of its own, to standard output. */
export function printJson(io: Io, document: unknown): void {
  print(io, JSON.stringify(document));
}

/** Writes one line beside the result, to standard error. */
export function note(io: Io, text: string): void {
  io.stderr.write(`${text}\n`);
}
