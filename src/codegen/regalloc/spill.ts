import type { Hole, Spot } from "./holes.ts";
import { HoleFinder, needsRegister, spans } from "./holes.ts";
import type { Segments } from "./liveness.ts";
import type { RegisterClass, RegisterFile } from "./machine-function.ts";
import { registerClasses } from "./machine-function.ts";
import type { Regions } from "./regions.ts";
import type { Web } from "./web.ts";
import { segmentAt } from "./web.ts";

export interface Spilling {
  readonly webs: readonly Web[];
  readonly file: RegisterFile;
  readonly regions: Regions;
}

/** A web, and where it could be without a register. */
interface Candidate {
  readonly web: Web;
  /** Holes that span no use, and, where there are some that may be of memory, holes that span those. */
  readonly finders: readonly HoleFinder[];
}

/**
 * Cuts holes into webs until no position needs more registers than there are, those of the innermost loops first; so what
 * only lives through a loop is stored and loaded outside it.
 */
export function spill(name: string, { webs, file, regions }: Spilling): void {
  for (const kind of registerClasses) {
    const own = webs.filter((web) => web.kind === kind);
    const limit = file.registers[kind].length;
    const pressure = pressureOf(own, regions);
    const over = positionsOver(pressure, limit, regions);
    if (over.length > 0) relieve({ name, kind, candidates: candidatesOf(own, regions), pressure, over, limit });
  }
}

function candidatesOf(webs: readonly Web[], regions: Regions): Candidate[] {
  return webs
    .filter(({ register }) => register < 0)
    .map((web) => {
      const hard = web.accesses.filter(needsRegister);
      const finders = [new HoleFinder(regions, web, web.accesses)];
      if (hard.length < web.accesses.length) finders.push(new HoleFinder(regions, web, hard));
      return { web, finders };
    });
}

function pressureOf(webs: readonly Web[], regions: Regions): Int32Array {
  const pressure = new Int32Array(2 * regions.of.length + 3);
  const change = (at: number, by: number): void => {
    pressure[at] = (pressure[at] as number) + by;
  };
  for (const { segments } of webs) {
    for (let i = 0; i < segments.length; i += 2) {
      change(segments[i] as number, 1);
      change((segments[i + 1] as number) + 1, -1);
    }
  }
  for (let at = 1; at < pressure.length; at++) change(at, pressure[at - 1] as number);
  return pressure;
}

/** Positions with more live webs than registers, those of the innermost loops first. */
function positionsOver(pressure: Int32Array, limit: number, regions: Regions): number[] {
  const byDepth: number[][] = [];
  for (let position = 0; position < pressure.length; position++) {
    if ((pressure[position] as number) <= limit) continue;
    const depth = regions.of[position >> 1]?.depth ?? 0;
    const positions = byDepth[depth];
    if (positions) positions.push(position);
    else byDepth[depth] = [position];
  }
  return byDepth.reverse().flat();
}

interface Relief {
  readonly name: string;
  readonly kind: RegisterClass;
  readonly candidates: readonly Candidate[];
  readonly pressure: Int32Array;
  readonly over: readonly number[];
  readonly limit: number;
}

function relieve({ name, kind, candidates, pressure, over, limit }: Relief): void {
  for (const position of over) {
    const excess = (pressure[position] as number) - limit;
    if (excess <= 0) continue;
    const holes = holesAt(candidates, position, excess);
    if (holes.length < excess)
      throw new RangeError(`Bug: instruction ${position >> 1} of ${name} needs more than ${limit} ${kind} registers.`);
    for (const { hole, candidate } of holes) {
      release(pressure, hole);
      cut(hole);
      for (const finder of candidates[candidate]?.finders ?? []) finder.reset();
    }
  }
}

interface Choice {
  readonly hole: Hole;
  readonly candidate: number;
}

/**
 * For each web that lives at a position its best hole around it, the best first: what cuts one web leaves the others as they
 * are. Webs of which no hole can be among the `wanted` best are passed over.
 */
function holesAt(candidates: readonly Candidate[], position: number, wanted: number): Choice[] {
  const best = new Map<number, Hole>();
  let bound = Number.POSITIVE_INFINITY;
  for (const { candidate, spot, least } of spotsAt(candidates, position)) {
    if (least > bound) break;
    for (const hole of spot.finder.near(spot)) {
      const known = best.get(candidate);
      if (spans(hole, position) && (known === undefined || compare(hole, known) < 0)) best.set(candidate, hole);
    }
    bound = costOfLast(best, wanted);
  }
  const choices = [...best].map(([candidate, hole]) => ({ hole, candidate }));
  return choices.sort((a, b) => compare(a.hole, b.hole) || a.candidate - b.candidate).slice(0, wanted);
}

/** What the last of so many best holes costs. */
function costOfLast(best: ReadonlyMap<number, Hole>, wanted: number): number {
  if (best.size < wanted) return Number.POSITIVE_INFINITY;
  const costs = Array.from(best.values(), ({ cost }) => cost).sort((a, b) => a - b);
  return costs[wanted - 1] as number;
}

interface Possible {
  readonly candidate: number;
  readonly spot: Spot;
  /** What its holes cost at least. */
  readonly least: number;
}

/** Where the webs that live at a position could have holes, first those that may cost least. */
function spotsAt(candidates: readonly Candidate[], position: number): Possible[] {
  const possible: Possible[] = [];
  candidates.forEach(({ web, finders }, candidate) => {
    if (segmentAt(web.segments, position) < 0) return;
    for (const finder of finders) {
      const spot = finder.spotAt(position);
      if (spot) possible.push({ candidate, spot, least: finder.leastCostAt(spot) });
    }
  });
  return possible.sort((a, b) => a.least - b.least);
}

/** Holes that cost less first, and of those the longest. */
const compare = (a: Hole, b: Hole): number => a.cost - b.cost || compareLengths(lengthOf(b), lengthOf(a));

/** The lengths of holes to the end of the function are infinite. */
const compareLengths = (a: number, b: number): number => (a === b ? 0 : a - b);

const lengthOf = ({ pieces }: Hole): number => pieces.reduce((sum, [first, last]) => sum + last - first, 0);

/** Takes one from the pressure wherever the hole's web gives up its register. */
function release(pressure: Int32Array, { web, pieces }: Hole): void {
  const { segments } = web;
  for (let i = 0; i < segments.length; i += 2) {
    let from = segments[i] as number;
    for (const [first, last] of pieces) {
      const end = Math.min(last, segments[i + 1] as number);
      for (let at = Math.max(first, from); at <= end; at++) pressure[at] = (pressure[at] as number) - 1;
      from = Math.max(from, end + 1);
    }
  }
}

/**
 * Takes the hole out of the web's segments, and notes what has to be stored and loaded. Where it has no register after an
 * instruction, it is in memory already.
 */
function cut({ web, pieces, reloads, stores }: Hole): void {
  for (const [first, last] of pieces) web.segments = without(web.segments, first, last);
  for (const at of reloads) web.reloads.add(at);
  for (const at of stores) web.stores.add(at);
  for (const at of web.reloads) if (segmentAt(web.segments, 2 * at) < 0) web.reloads.delete(at);
  for (const at of web.stores) if (segmentAt(web.segments, 2 * at + 1) < 0) web.stores.delete(at);
}

function without(segments: Segments, first: number, last: number): Segments {
  const kept: Segments = [];
  for (let i = 0; i < segments.length; i += 2) {
    const [start, end] = [segments[i] as number, segments[i + 1] as number];
    if (end < first || start > last) kept.push(start, end);
    else {
      if (start < first) kept.push(start, first - 1);
      if (end > last) kept.push(last + 1, end);
    }
  }
  return kept;
}
