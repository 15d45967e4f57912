import type { MachineFunction } from "./machine-function.ts";

/** A loop, a condition, or (without a parent) the whole function. Its markers are the instructions `start` and `end`. */
export interface Region {
  readonly parent: Region | undefined;
  readonly start: number;
  end: number;
  readonly isLoop: boolean;
  /** The loops around its body. */
  readonly depth: number;
}

export interface Regions {
  /** The innermost region around each instruction. A region's first marker is outside it, its last one inside. */
  readonly of: readonly Region[];
  /** For each `repeat` and `end`, its `loop` or `when`. */
  readonly openers: Int32Array;
}

/** Finds the regions of a function. Throws when they are not nested. */
export function findRegions({ name, instructions }: MachineFunction<unknown>): Regions {
  const count = instructions.length;
  let top: Region = { parent: undefined, start: -1, end: count, isLoop: false, depth: 0 };
  const of: Region[] = [];
  const openers = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const kind = instructions[i]?.kind;
    of.push(top);
    if (kind === "loop" || kind === "when") {
      const isLoop = kind === "loop";
      top = { parent: top, start: i, end: count, isLoop, depth: top.depth + Number(isLoop) };
    } else if (kind === "repeat" || kind === "end") {
      if (top.parent === undefined || top.isLoop !== (kind === "repeat"))
        throw new RangeError(`Bug: instruction ${i} of ${name}, ${kind}, ends no region.`);
      openers[i] = top.start;
      top.end = i;
      top = top.parent;
    }
  }
  if (top.parent !== undefined)
    throw new RangeError(`Bug: the region at instruction ${top.start} of ${name} has no end.`);
  return { of, openers };
}
