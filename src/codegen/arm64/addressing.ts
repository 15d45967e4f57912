import type { Argument, Line } from "./code-builder.ts";
import { integerLines } from "./constants.ts";
import { fixed } from "./registers.ts";
import type { Place } from "./selector.ts";

/** A register and what an instruction adds to it, after the lines that make the register. */
export interface Reached {
  readonly before: readonly Line[];
  readonly base: Argument;
  readonly offset: number;
}

/** For instructions that add multiples of `scale` below 4096 times that; 0 is for those that add nothing. */
export function reach(place: Place, scale: number): Reached {
  const { base, offset } = place;
  const fits = scale === 0 ? offset === 0 : offset % scale === 0 && offset < 4096 * scale;
  if (fits && place.perLane === 0) return { before: [], base, offset };
  return { before: sumLines(base, offset, place.perLane), base: fixed.temporary, offset: 0 };
}

/** For instructions that add -8 to 7 times a vector of elements of `width` bytes. */
export function reachVectors({ base, offset, perLane }: Place, width: number): Reached {
  const vectors = perLane / width;
  const fits = Number.isInteger(vectors) && vectors >= -8 && vectors < 8;
  if (fits && offset === 0) return { before: [], base, offset: vectors };
  if (fits) return { before: sumLines(base, offset, 0), base: fixed.temporary, offset: vectors };
  return { before: sumLines(base, offset, perLane), base: fixed.temporary, offset: 0 };
}

/** The temporary register := base + offset + perLane · lanes. */
function sumLines(base: Argument, offset: number, perLane: number): Line[] {
  const to = fixed.temporary;
  if (perLane === 0) return offsetLines(base, offset);
  const rest = offset === 0 ? [] : offsetLines(to, offset);
  if (perLane % 4 === 0 && perLane >= -128 && perLane < 128) return [["addvl", to, base, perLane / 4], ...rest];
  if (perLane >= -16 && perLane < 16) return [["addpl", to, base, 2 * perLane], ...rest];
  if (perLane < 0) throw new RangeError(`Bug: ${perLane} bytes a lane are too far below.`);
  return [["cntw", fixed.other, 1], ...integerLines(to, perLane), ["madd_x", to, fixed.other, to, base], ...rest];
}

function offsetLines(base: Argument, offset: number): Line[] {
  const to = fixed.temporary;
  if (offset < 4096) return [["add_xi", to, base, offset]];
  if (offset < 4096 * 4096 && offset % 4096 === 0) return [["add_xh", to, base, offset / 4096]];
  return [...integerLines(fixed.other, offset), ["add_x", to, base, fixed.other]];
}
