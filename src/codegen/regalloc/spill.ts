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
  /** Once they are asked for: of holes that span no use, and, where there are some that may be of memory, of holes that span those. */
  finders: readonly HoleFinder[] | undefined;
}

/**
 * Cuts holes into webs until no position needs more registers than there are, those of the innermost loops first; so what
 * only lives through a loop is stored and loaded outside it.
 */
export function spill(name: string, { webs, file, regions }: Spilling): void {
  for (const kind of registerClasses) {
    const own = webs.filter((web) => web.kind === kind);
    const limit = file.registers[kind].length;
    if (own.length <= limit) continue;
    const pressure = pressureOf(own, regions);
    const over = positionsOver(pressure, limit, regions);
    if (over.length === 0) continue;
    const candidates = own.filter(({ register }) => register < 0).map((web) => ({ web, finders: undefined }));
    relieve({ name, kind, candidates, regions, pressure, over, limit });
  }
}

function findersOf(candidate: Candidate, regions: Regions): readonly HoleFinder[] {
  const { web } = candidate;
  if (candidate.finders === undefined) {
    const hard = web.accesses.filter(needsRegister);
    const all = new HoleFinder(regions, web, web.accesses);
    candidate.finders = hard.length < web.accesses.length ? [all, new HoleFinder(regions, web, hard)] : [all];
  }
  return candidate.finders;
}

function pressureOf(webs: readonly Web[], regions: Regions): Int32Array {
  const pressure = new Int32Array(2 * regions.of.length + 3);
  for (let w = 0; w < webs.length; w++) {
    const { segments } = webs[w] as Web;
    for (let i = 0; i < segments.length; i += 2) {
      const first = segments[i] as number;
      const end = (segments[i + 1] as number) + 1;
      pressure[first] = (pressure[first] as number) + 1;
      pressure[end] = (pressure[end] as number) - 1;
    }
  }
  let sum = 0;
  for (let at = 0; at < pressure.length; at++) {
    sum += pressure[at] as number;
    pressure[at] = sum;
  }
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
  readonly regions: Regions;
  readonly pressure: Int32Array;
  readonly over: readonly number[];
  readonly limit: number;
}

function relieve({ name, kind, candidates, regions, pressure, over, limit }: Relief): void {
  for (const position of over) {
    const excess = (pressure[position] as number) - limit;
    if (excess <= 0) continue;
    const holes = holesAt(spotsAt(candidates, position, regions), position, excess);
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
 * Of the holes around a position the `wanted` best, one of a web, the best first: what cuts one web leaves the others as they
 * are. Webs of which no hole can be among them are passed over.
 */
function holesAt(possible: readonly Possible[], position: number, wanted: number): readonly Choice[] {
  const best: Choice[] = [];
  for (let i = 0; i < possible.length; i++) {
    const { candidate, spot, least } = possible[i] as Possible;
    if (best.length === wanted && least > (best[wanted - 1] as Choice).hole.cost) break;
    const holes = spot.finder.near(spot);
    for (let h = 0; h < holes.length; h++) {
      const hole = holes[h] as Hole;
      if (spans(hole, position)) keepBest(best, { hole, candidate }, wanted);
    }
  }
  return best;
}

/** Puts a choice where it belongs among the best ones, if it does and its web is not there with a better one. */
function keepBest(best: Choice[], choice: Choice, wanted: number): void {
  const known = best.findIndex(({ candidate }) => candidate === choice.candidate);
  if (known >= 0) {
    if (compare(choice.hole, (best[known] as Choice).hole) >= 0) return;
    best.splice(known, 1);
  }
  let at = best.length;
  while (at > 0 && compareChoices(choice, best[at - 1] as Choice) < 0) at--;
  if (at >= wanted) return;
  best.splice(at, 0, choice);
  if (best.length > wanted) best.pop();
}

const compareChoices = (a: Choice, b: Choice): number => compare(a.hole, b.hole) || a.candidate - b.candidate;

interface Possible {
  readonly candidate: number;
  readonly spot: Spot;
  /** What its holes cost at least. */
  readonly least: number;
}

/** Where the webs that live at a position could have holes, first those that may cost least. */
function spotsAt(candidates: readonly Candidate[], position: number, regions: Regions): Possible[] {
  const possible: Possible[] = [];
  for (let candidate = 0; candidate < candidates.length; candidate++) {
    const each = candidates[candidate] as Candidate;
    if (segmentAt(each.web.segments, position) < 0) continue;
    const finders = findersOf(each, regions);
    for (let f = 0; f < finders.length; f++) {
      const finder = finders[f] as HoleFinder;
      const spot = finder.spotAt(position);
      if (spot) possible.push({ candidate, spot, least: finder.leastCostAt(spot) });
    }
  }
  return possible.sort((a, b) => a.least - b.least);
}

/** Holes that cost less first, and of those the longest. */
const compare = (a: Hole, b: Hole): number => a.cost - b.cost || compareLengths(lengthOf(b), lengthOf(a));

/** The lengths of holes to the end of the function are infinite. */
const compareLengths = (a: number, b: number): number => (a === b ? 0 : a - b);

function lengthOf({ pieces }: Hole): number {
  let sum = 0;
  for (let i = 0; i < pieces.length; i += 2) sum += (pieces[i + 1] as number) - (pieces[i] as number);
  return sum;
}

/** Takes one from the pressure wherever the hole's web gives up its register. */
function release(pressure: Int32Array, { web, pieces }: Hole): void {
  const { segments } = web;
  for (let i = 0; i < segments.length; i += 2) {
    let from = segments[i] as number;
    for (let p = 0; p < pieces.length; p += 2) {
      const end = Math.min(pieces[p + 1] as number, segments[i + 1] as number);
      for (let at = Math.max(pieces[p] as number, from); at <= end; at++) pressure[at] = (pressure[at] as number) - 1;
      from = Math.max(from, end + 1);
    }
  }
}

/**
 * Takes the hole out of the web's segments, and notes what has to be stored and loaded. Where it has no register after an
 * instruction, it is in memory already.
 */
function cut({ web, pieces, reloads, stores }: Hole): void {
  for (let i = 0; i < pieces.length; i += 2)
    web.segments = without(web.segments, pieces[i] as number, pieces[i + 1] as number);
  for (const at of reloads) web.reloads.add(at);
  for (const at of stores) web.stores.add(at);
  for (const at of web.reloads) if (segmentAt(web.segments, 2 * at) < 0) web.reloads.delete(at);
  for (const at of web.stores) if (segmentAt(web.segments, 2 * at + 1) < 0) web.stores.delete(at);
}

function without(segments: Segments, first: number, last: number): Segments {
  const kept: Segments = [];
  for (let i = 0; i < segments.length; i += 2) {
    const start = segments[i] as number;
    const end = segments[i + 1] as number;
    if (end < first || start > last) kept.push(start, end);
    else {
      if (start < first) kept.push(start, first - 1);
      if (end > last) kept.push(last + 1, end);
    }
  }
  return kept;
}
