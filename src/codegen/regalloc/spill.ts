import type { Segments } from "./liveness.ts";
import type { RegisterClass, RegisterFile } from "./machine-function.ts";
import { registerClasses } from "./machine-function.ts";
import type { Region, Regions } from "./regions.ts";
import type { Access, Web } from "./web.ts";
import { segmentAt } from "./web.ts";

/** Positions at which a web gives up its register, and what that costs. */
interface Hole {
  readonly web: Web;
  /** First and last positions, ascending. */
  readonly pieces: readonly (readonly [number, number])[];
  /** Instructions before which it comes back, where it is still needed then. */
  readonly reloads: readonly number[];
  /** Instructions after which it is stored. */
  readonly stores: readonly number[];
  readonly cost: number;
}

/** What is around a place, in the region that has it. */
interface Surroundings {
  readonly region: Region;
  readonly before: Access | undefined;
  readonly after: Access | undefined;
}

/** What one execution at a loop depth is worth. */
const weight = (depth: number): number => 10 ** depth;
const againWeight = 0.7;
const memoryUseWeight = 0.3;

/** Needs a register, rather than taking the value from wherever it is. */
const isHard = ({ uses, defines }: Access): boolean => uses || defines;

/**
 * Cuts holes into webs until no position needs more registers than there are, those of the innermost loops first. A hole
 * lies between two uses at one level of nesting and spans whole regions, so what lives through a loop is stored and loaded
 * outside it.
 */
export class Spiller {
  readonly #regions: Regions;
  readonly #file: RegisterFile;
  readonly #webs: readonly Web[];
  readonly #name: string;

  constructor(name: string, regions: Regions, { webs, file }: { webs: readonly Web[]; file: RegisterFile }) {
    this.#name = name;
    this.#regions = regions;
    this.#webs = webs;
    this.#file = file;
  }

  run(): void {
    for (const kind of registerClasses) this.#relieve(kind);
  }

  #relieve(kind: RegisterClass): void {
    const webs = this.#webs.filter((web) => web.kind === kind);
    const limit = this.#file.registers[kind].length;
    const pressure = this.#pressureOf(webs);
    const over: number[] = [];
    pressure.forEach((count, position) => {
      if (count > limit) over.push(position);
    });
    const depthAt = (position: number): number => this.#regions.of[position >> 1]?.depth ?? 0;
    over.sort((a, b) => depthAt(b) - depthAt(a) || a - b);
    for (const position of over) {
      while ((pressure[position] as number) > limit) {
        const hole = this.#cheapest(webs, position);
        addTo(pressure, hole.web.segments, -1);
        cut(hole);
        addTo(pressure, hole.web.segments, 1);
      }
    }
  }

  #pressureOf(webs: readonly Web[]): Int32Array {
    const pressure = new Int32Array(2 * this.#regions.of.length + 2);
    for (const { segments } of webs) addTo(pressure, segments, 1);
    return pressure;
  }

  #cheapest(webs: readonly Web[], position: number): Hole {
    let best: Hole | undefined;
    const consider = (hole: Hole): void => {
      const longer = best && hole.cost === best.cost && lengthOf(hole) > lengthOf(best);
      if (best === undefined || hole.cost < best.cost || longer) best = hole;
    };
    for (const web of webs) {
      if (web.register >= 0 || segmentAt(web.segments, position) < 0) continue;
      const hard = web.accesses.filter(isHard);
      for (const hole of this.#holesOf(web, position, web.accesses)) consider(hole);
      if (hard.length < web.accesses.length) for (const hole of this.#holesOf(web, position, hard)) consider(hole);
    }
    if (best === undefined)
      throw new RangeError(`Bug: instruction ${position >> 1} of ${this.#name} needs more registers than there are.`);
    return best;
  }

  /** Holes around a position that span none of these accesses. */
  #holesOf(web: Web, position: number, accesses: readonly Access[]): Hole[] {
    const region = this.#regionOf(this.#regions.of[position >> 1] as Region, accesses);
    const inside = accesses.filter(({ at }) => isInside(at, region));
    if (inside.some(({ first, last }) => first <= position && position <= last)) return [];
    const before = inside.filter(({ last }) => last < position).at(-1);
    const after = inside.find(({ first }) => first > position);
    const wraps = region.isLoop && (before === undefined || after === undefined);
    const holes = [wraps ? this.#holeAround(web, region, accesses) : this.#holeWithin(web, { region, before, after })];
    for (const access of [before, after]) {
      const child = access && this.#childOf(access, region);
      if (child) holes.push(this.#holeAround(web, child, accesses));
    }
    const holds = ({ pieces }: (typeof holes)[number]): boolean =>
      pieces.some(([first, last]) => first <= position && position <= last);
    return holes.filter(holds).map((hole) => ({ ...hole, web, cost: this.#costOf(web, hole, region) }));
  }

  /** Between two accesses of one region. */
  #holeWithin(web: Web, { region, before, after }: Surroundings): Omit<Hole, "web" | "cost"> {
    const [first, last] = [this.#firstFree(before, region), this.#lastFree(after, region)];
    return { pieces: [[first, last]], reloads: [(last + 1) >> 1], stores: this.#storesFor(web, region, first) };
  }

  /** In memory when a region begins and ends: inside, it has a register from the first to the last access of an iteration. */
  #holeAround(web: Web, inner: Region, accesses: readonly Access[]): Omit<Hole, "web" | "cost"> {
    const inside = accesses.filter(({ at }) => isInside(at, inner));
    const outside = accesses.filter(({ at }) => !isInside(at, inner));
    const parent = inner.parent ?? inner;
    const region = this.#regionOf(parent, outside);
    const near = outside.filter(({ at }) => isInside(at, region));
    const before = near.filter(({ at }) => at <= inner.start).at(-1);
    const after = near.find(({ at }) => at > inner.end);
    const pieces = [
      [this.#firstFree(before, region), this.#lastFree(inside[0], inner)],
      [this.#firstFree(inside.at(-1), inner), this.#lastFree(after, region)],
    ] as const;
    const stores = [
      ...this.#storesFor(web, inner, 2 * inner.end + 1),
      ...this.#storesFor(web, parent, 2 * inner.start),
    ];
    return { pieces, reloads: pieces.map(([, end]) => (end + 1) >> 1), stores: [...new Set(stores)] };
  }

  /** The instructions after which to store a web, so that memory has the value that it has at a position of a region. */
  #storesFor(web: Web, region: Region, position: number): readonly number[] {
    if (web.again !== undefined) return [];
    const defines = web.accesses.filter(({ at, defines }) => defines && isInside(at, region));
    const last = defines.filter((access) => access.last < position).at(-1);
    if (last !== undefined) return [this.#endOf(last, region)];
    const around = region.isLoop && defines.length > 0 ? [this.#endOf(defines.at(-1), region)] : [];
    return region.parent === undefined ? around : [...around, ...this.#storesFor(web, region.parent, 2 * region.start)];
  }

  #costOf(web: Web, { pieces, reloads, stores }: Omit<Hole, "web" | "cost">, region: Region): number {
    const depthOf = (at: number): number => this.#regions.of[at]?.depth ?? region.depth;
    let cost = 0;
    for (const at of reloads) {
      const needed = segmentAt(web.segments, 2 * at) >= 0;
      if (needed) cost += weight(depthOf(at)) * (web.again === undefined ? 1 : againWeight);
    }
    for (const at of stores) if (!web.stores.has(at)) cost += weight(depthOf(at));
    for (const { at } of web.accesses) {
      const isSpanned = pieces.some(([first, last]) => 2 * at >= first && 2 * at <= last);
      if (isSpanned) cost += weight(depthOf(at)) * memoryUseWeight;
    }
    return cost;
  }

  /** The innermost region from `start` outwards that has one of the accesses. */
  #regionOf(start: Region, accesses: readonly Access[]): Region {
    let region = start;
    while (region.parent !== undefined && !accesses.some(({ at }) => isInside(at, region))) region = region.parent;
    return region;
  }

  /** The last instruction of the access, or of the region with it, as seen from `region`; its start when there is none. */
  #endOf(access: Access | undefined, region: Region): number {
    if (access === undefined) return region.start;
    return this.#childOf(access, region)?.end ?? access.at;
  }

  #firstFree(access: Access | undefined, region: Region): number {
    const isInstruction = access !== undefined && this.#childOf(access, region) === undefined;
    return isInstruction ? access.last + 1 : 2 * this.#endOf(access, region) + 2;
  }

  #lastFree(access: Access | undefined, region: Region): number {
    if (access === undefined) return region.parent === undefined ? Number.POSITIVE_INFINITY : 2 * region.end - 1;
    const child = this.#childOf(access, region);
    return child === undefined ? access.first - 1 : 2 * child.start - 1;
  }

  /** The region directly inside `region` that an access is in. */
  #childOf({ at }: Access, region: Region): Region | undefined {
    let inner = this.#regions.of[at] as Region;
    if (inner === region) return undefined;
    while (inner.parent !== undefined && inner.parent !== region) inner = inner.parent;
    return inner;
  }
}

const isInside = (at: number, { start, end }: Region): boolean => at > start && at <= end;

const lengthOf = ({ pieces }: Hole): number => pieces.reduce((sum, [first, last]) => sum + last - first, 0);

function addTo(pressure: Int32Array, segments: Segments, count: number): void {
  for (let i = 0; i < segments.length; i += 2) {
    for (let at = segments[i] as number; at <= (segments[i + 1] as number); at++)
      pressure[at] = (pressure[at] as number) + count;
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
