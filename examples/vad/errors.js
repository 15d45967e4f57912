// @ts-check

/** A mistake that the person at the keyboard can mend: shown as one line, never with a stack trace. */
export class UserError extends Error {
  /**
   * @param {string} message what could not be done, what was expected, and the next step
   * @param {{ exitCode?: 1 | 2, cause?: unknown }} [options] 1: the work failed; 2: the command line was wrong
   */
  constructor(message, { exitCode = 1, cause } = {}) {
    super(message, { cause });
    this.name = "UserError";
    this.exitCode = exitCode;
  }
}

/**
 * What any thrown value says.
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
