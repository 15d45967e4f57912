// @ts-check

/**
 * One line that tells what is being done, rewritten in place; silent where nobody watches.
 * @param {NodeJS.WriteStream} stream
 */
export function createProgress(stream) {
  const clear = "\r\x1b[K";
  return {
    /** @param {string} message */
    show(message) {
      if (stream.isTTY) stream.write(`${clear}${message} ...`);
    },
    /** Takes the line away. */
    clear() {
      if (stream.isTTY) stream.write(clear);
    },
  };
}
