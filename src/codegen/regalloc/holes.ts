import type { Region, Regions } from "./regions.ts";
import type { Access, Web } from "./web.ts";
import { segmentAt } from "./web.ts";

/** Positions at which a web gives up its register, and what that costs. */
export interface Hole {
  readonly web: Web;
  /** First and last positions, ascending. */
  readonly pieces: readonly (readonly [number, number])[];
  /** Instructions before which it comes back, where it is still needed then. */
  readonly reloads: readonly number[];
  /** Instructions after which it is stored. */
  readonly stores: readonly number[];
  readonly cost: number;
}

/** Places for one hole of a web: between an access and the next one, in a region. */
export interface Spot {
  readonly finder: HoleFinder;
  readonly region: Region;
  /** The number of the access that comes next. */
  readonly next: number;
}

type Shape = Pick<Hole, "pieces" | "reloads" | "stores">;

/** What one execution at a loop depth is worth. */
const weight = (depth: number): number => 10 ** depth;
/** What a hole costs more that spans no instruction or one. */
const shortWeight = 100;
const againWeight = 0.7;
const memoryUseWeight = 0.3;

/** Whether a position is in a hole. */
export function spans({ pieces }: Hole, position: number): boolean {
  for (const [first, last] of pieces) if (first <= position && position <= last) return true;
  return false;
}

/** Whether an access needs the value in a register, rather than wherever it is. */
export const needsRegister = ({ uses, defines }: Access): boolean => uses || defines;

const isInside = (access: Access | undefined, { start, end }: Region): access is Access =>
  access !== undefined && access.at > start && access.at <= end;

/**
 * Finds the holes that one web can have. A hole lies between two accesses at one level of nesting and spans whole regions;
 * or it spans a region but for what lies between its first and last access, so that the value is in memory on its border.
 */
export class HoleFinder {
  readonly #regions: Regions;
  readonly #web: Web;
  /** The accesses that no hole may span. */
  readonly #accesses: readonly Access[];
  /** Those that one may span, as they can be of memory. */
  readonly #spanned: readonly Access[];
  readonly #defines: readonly Access[];
  readonly #known = new Map<number, readonly Hole[]>();

  constructor(regions: Regions, web: Web, accesses: readonly Access[]) {
    this.#regions = regions;
    this.#web = web;
    this.#accesses = accesses;
    this.#spanned = accesses.length < web.accesses.length ? web.accesses.filter((each) => !needsRegister(each)) : [];
    this.#defines = web.accesses.filter(({ defines }) => defines);
  }

  /** Forgets what holes cost: the web has been cut. */
  reset(): void {
    this.#known.clear();
  }

  /** Where a hole at a position would be, or undefined where an access is. All positions between two accesses and in one region are one spot. */
  spotAt(position: number): Spot | undefined {
    const next = this.#firstFrom(position);
    const [before, after] = [this.#accesses[next - 1], this.#accesses[next]];
    if (after !== undefined && after.first <= position) return undefined;
    let region = this.#regions.of[position >> 1] as Region;
    while (region.parent !== undefined && !isInside(before, region) && !isInside(after, region)) region = region.parent;
    return { finder: this, region, next };
  }

  /** What a hole that spans a place of this spot costs at least, if the web is needed there: what it takes to have it again. */
  leastCostAt({ region }: Spot): number {
    const isWritten = region.isLoop && this.#defines.some((access) => isInside(access, region));
    return isWritten ? 0 : weight(region.depth) * memoryUseWeight;
  }

  /** Holes at or near a spot. */
  near({ region, next }: Spot): readonly Hole[] {
    const key = next * (this.#regions.of.length + 1) + region.start + 1;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.#find(region, next);
      this.#known.set(key, known);
    }
    return known;
  }

  /** The number of the first access that ends at a position or after it. */
  #firstFrom(position: number): number {
    let [low, high] = [0, this.#accesses.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#accesses[middle] as Access).last < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #find(region: Region, next: number): readonly Hole[] {
    const inside = (access: Access | undefined): Access | undefined => (isInside(access, region) ? access : undefined);
    const [before, after] = [inside(this.#accesses[next - 1]), inside(this.#accesses[next])];
    const wraps = region.isLoop && (before === undefined || after === undefined);
    const shapes = [wraps ? this.#around(region, next) : this.#between(region, before, after)];
    const [left, right] = [this.#childOf(before, region), this.#childOf(after, region)];
    if (left) shapes.push(this.#around(left, next - 1));
    if (right) shapes.push(this.#around(right, next));
    return shapes.map((shape) => ({ ...shape, web: this.#web, cost: this.#costOf(shape) }));
  }

  /** Between two accesses of one region, or its borders. */
  #between(region: Region, before: Access | undefined, after: Access | undefined): Shape {
    const [first, last] = [this.#firstFree(before, region), this.#lastFree(after, region)];
    return { pieces: [[first, last]], reloads: [(last + 1) >> 1], stores: this.#storesFor(region, first) };
  }

  /** In memory when a region begins and ends. `near` is the number of an access in it, or beside one. */
  #around(inner: Region, near: number): Shape {
    let [begin, end] = [near, near];
    while (begin > 0 && (this.#accesses[begin - 1] as Access).at > inner.start) begin--;
    while (end < this.#accesses.length && (this.#accesses[end] as Access).at <= inner.end) end++;
    const [before, after] = [this.#accesses[begin - 1], this.#accesses[end]];
    const parent = inner.parent ?? inner;
    let region = parent;
    while (region.parent !== undefined && !isInside(before, region) && !isInside(after, region)) region = region.parent;
    const pieces = [
      [
        this.#firstFree(isInside(before, region) ? before : undefined, region),
        this.#lastFree(this.#accesses[begin], inner),
      ],
      [
        this.#firstFree(this.#accesses[end - 1], inner),
        this.#lastFree(isInside(after, region) ? after : undefined, region),
      ],
    ] as const;
    const stores = [...this.#storesFor(inner, 2 * inner.end + 1), ...this.#storesFor(parent, 2 * inner.start)];
    return { pieces, reloads: pieces.map(([, last]) => (last + 1) >> 1), stores: [...new Set(stores)] };
  }

  /** The instructions after which to store a web, so that memory has the value that it has at a position of a region. */
  #storesFor(region: Region, position: number): readonly number[] {
    if (this.#web.again !== undefined) return [];
    const defines = this.#defines.filter((access) => isInside(access, region));
    const last = defines.filter((access) => access.last < position).at(-1);
    if (last !== undefined) return [this.#endOf(last, region)];
    const around = region.isLoop && defines.length > 0 ? [this.#endOf(defines.at(-1), region)] : [];
    return region.parent === undefined ? around : [...around, ...this.#storesFor(region.parent, 2 * region.start)];
  }

  #costOf({ pieces, reloads, stores }: Shape): number {
    const { segments, again, stores: stored } = this.#web;
    const depthOf = (at: number): number => this.#regions.of[at]?.depth ?? 0;
    let cost = 0;
    for (const at of reloads) {
      const needed = segmentAt(segments, 2 * at) >= 0;
      if (needed) cost += weight(depthOf(at)) * (again === undefined ? 1 : againWeight);
    }
    for (const at of stores) if (!stored.has(at)) cost += weight(depthOf(at));
    for (const { at } of this.#spanned) {
      const isSpanned = pieces.some(([first, last]) => 2 * at >= first && 2 * at <= last);
      if (isSpanned) cost += weight(depthOf(at)) * memoryUseWeight;
    }
    const isLong = pieces.some(([first, last]) => last - first > 3);
    return isLong ? cost : cost * shortWeight;
  }

  /** The last instruction of the access, or of the region with it, as seen from `region`; its start when there is none. */
  #endOf(access: Access | undefined, region: Region): number {
    if (access === undefined) return region.start;
    return this.#childOf(access, region)?.end ?? access.at;
  }

  /** The first position after an access at which a web needs no register. */
  #firstFree(access: Access | undefined, region: Region): number {
    const isInstruction = access !== undefined && this.#childOf(access, region) === undefined;
    return isInstruction ? access.last + 1 : 2 * this.#endOf(access, region) + 2;
  }

  /** The last position before an access at which a web needs no register. */
  #lastFree(access: Access | undefined, region: Region): number {
    if (access === undefined) return region.parent === undefined ? Number.POSITIVE_INFINITY : 2 * region.end - 1;
    const child = this.#childOf(access, region);
    return child === undefined ? access.first - 1 : 2 * child.start - 1;
  }

  /** The region directly inside `region` that an access is in. */
  #childOf(access: Access | undefined, region: Region): Region | undefined {
    if (access === undefined) return undefined;
    let inner = this.#regions.of[access.at] as Region;
    if (inner === region) return undefined;
    while (inner.parent !== undefined && inner.parent !== region) inner = inner.parent;
    return inner;
  }
}
