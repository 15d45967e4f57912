import { ShapeError } from "../tensor/errors.ts";

/** The shape of lists within lists; undefined for a list without lists in it. Throws ShapeError naming the input and the first place where they are not of one length. */
export function nestedShape(name: string, list: readonly unknown[]): number[] | undefined {
  if (!list.some(Array.isArray)) return undefined;
  const shape = firstLengths(list);
  checkLengths(list, shape, 0, (why) => new ShapeError(`Input "${name}" is no regular array: ${why}.`));
  return shape;
}

function firstLengths(list: readonly unknown[]): number[] {
  const [first] = list;
  return [list.length, ...(Array.isArray(first) ? firstLengths(first) : [])];
}

function checkLengths(entry: unknown, shape: readonly number[], depth: number, fail: (why: string) => Error): void {
  const wanted = shape[depth];
  const length = Array.isArray(entry) ? entry.length : undefined;
  if (wanted !== length) {
    const text = (count: number | undefined) => (count === undefined ? "a single element" : `a list of ${count}`);
    throw fail(`${depth} levels down there is ${text(wanted)}, and there is ${text(length)} too`);
  }
  if (Array.isArray(entry)) for (const inner of entry) checkLengths(inner, shape, depth + 1, fail);
}
