import type { Region, Regions } from "./regions.ts";
import type { Access, Web } from "./web.ts";
import { segmentAt } from "./web.ts";

/** Positions at which a web gives up its register, and what that costs. */
export interface Hole {
  readonly web: Web;
  /** First and last positions of one or two pieces, ascending. */
  readonly pieces: readonly number[];
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

/* Most kernels are compiled once, by code that the engine runs for the first time: here loops are plain, without iterators. */

/** What one execution at a loop depth is worth. */
const weight = (depth: number): number => 10 ** depth;
/** What a hole costs more that spans no instruction or one. */
const shortWeight = 100;
const againWeight = 0.7;
const memoryUseWeight = 0.3;

/** Whether a position is in a hole. */
export function spans({ pieces }: Pick<Hole, "pieces">, position: number): boolean {
  for (let i = 0; i < pieces.length; i += 2) {
    if ((pieces[i] as number) <= position && position <= (pieces[i + 1] as number)) return true;
  }
  return false;
}

/** Whether an access needs the value in a register, rather than wherever it is. */
export const needsRegister = ({ uses, defines }: Access): boolean => uses || defines;

const isInside = (access: Access | undefined, region: Region): access is Access =>
  access !== undefined && access.at > region.start && access.at <= region.end;

const inside = (access: Access | undefined, region: Region): Access | undefined =>
  isInside(access, region) ? access : undefined;

function addOnce(to: number[], at: number): void {
  if (!to.includes(at)) to.push(at);
}

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
    const before = this.#accesses[next - 1];
    const after = this.#accesses[next];
    if (after !== undefined && after.first <= position) return undefined;
    let region = this.#regions.of[position >> 1] as Region;
    while (region.parent !== undefined && !isInside(before, region) && !isInside(after, region)) region = region.parent;
    return { finder: this, region, next };
  }

  /** What a hole that spans a place of this spot costs at least, if the web is needed there: what it takes to have it again. */
  leastCostAt({ region }: Spot): number {
    const isWritten = region.isLoop && this.#lastDefine(region, Number.POSITIVE_INFINITY) !== undefined;
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
    let low = 0;
    let high = this.#accesses.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#accesses[middle] as Access).last < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #find(region: Region, next: number): readonly Hole[] {
    const before = inside(this.#accesses[next - 1], region);
    const after = inside(this.#accesses[next], region);
    const wraps = region.isLoop && (before === undefined || after === undefined);
    const holes = [this.#priced(wraps ? this.#around(region, next) : this.#between(region, before, after))];
    const left = this.#childOf(before, region);
    const right = this.#childOf(after, region);
    if (left) holes.push(this.#priced(this.#around(left, next - 1)));
    if (right) holes.push(this.#priced(this.#around(right, next)));
    return holes;
  }

  #priced(shape: Shape): Hole {
    const { pieces, reloads, stores } = shape;
    return { web: this.#web, pieces, reloads, stores, cost: this.#costOf(shape) };
  }

  /** Between two accesses of one region, or its borders. */
  #between(region: Region, before: Access | undefined, after: Access | undefined): Shape {
    const first = this.#firstFree(before, region);
    const last = this.#lastFree(after, region);
    const stores: number[] = [];
    this.#addStores(stores, region, first);
    return { pieces: [first, last], reloads: [(last + 1) >> 1], stores };
  }

  /** In memory when a region begins and ends. `near` is the number of an access in it, or beside one. */
  #around(inner: Region, near: number): Shape {
    let begin = near;
    let end = near;
    while (begin > 0 && (this.#accesses[begin - 1] as Access).at > inner.start) begin--;
    while (end < this.#accesses.length && (this.#accesses[end] as Access).at <= inner.end) end++;
    const before = this.#accesses[begin - 1];
    const after = this.#accesses[end];
    const parent = inner.parent ?? inner;
    let region = parent;
    while (region.parent !== undefined && !isInside(before, region) && !isInside(after, region)) region = region.parent;
    const entered = this.#lastFree(this.#accesses[begin], inner);
    const left = this.#lastFree(inside(after, region), region);
    const pieces = [
      this.#firstFree(inside(before, region), region),
      entered,
      this.#firstFree(this.#accesses[end - 1], inner),
      left,
    ];
    const stores: number[] = [];
    this.#addStores(stores, inner, 2 * inner.end + 1);
    this.#addStores(stores, parent, 2 * inner.start);
    return { pieces, reloads: [(entered + 1) >> 1, (left + 1) >> 1], stores };
  }

  /** Adds the instructions after which to store a web, so that memory has the value that it has at a position of a region. */
  #addStores(to: number[], region: Region, position: number): void {
    if (this.#web.again !== undefined) return;
    const last = this.#lastDefine(region, position);
    if (last !== undefined) {
      addOnce(to, this.#endOf(last, region));
      return;
    }
    const around = region.isLoop ? this.#lastDefine(region, Number.POSITIVE_INFINITY) : undefined;
    if (around !== undefined) addOnce(to, this.#endOf(around, region));
    if (region.parent !== undefined) this.#addStores(to, region.parent, 2 * region.start);
  }

  /** The last access in a region that writes the web before a position. */
  #lastDefine(region: Region, position: number): Access | undefined {
    const defines = this.#defines;
    for (let i = defines.length - 1; i >= 0; i--) {
      const access = defines[i] as Access;
      if (access.last < position && isInside(access, region)) return access;
    }
    return undefined;
  }

  #costOf(shape: Shape): number {
    const { pieces, reloads, stores } = shape;
    const { segments, again, stores: stored } = this.#web;
    let cost = 0;
    for (let i = 0; i < reloads.length; i++) {
      const at = reloads[i] as number;
      const needed = segmentAt(segments, 2 * at) >= 0;
      if (needed) cost += this.#weightAt(at) * (again === undefined ? 1 : againWeight);
    }
    for (let i = 0; i < stores.length; i++) {
      const at = stores[i] as number;
      if (!stored.has(at)) cost += this.#weightAt(at);
    }
    const spanned = this.#spanned;
    for (let i = 0; i < spanned.length; i++) {
      const { at } = spanned[i] as Access;
      if (spans(shape, 2 * at)) cost += this.#weightAt(at) * memoryUseWeight;
    }
    let longest = 0;
    for (let i = 0; i < pieces.length; i += 2)
      longest = Math.max(longest, (pieces[i + 1] as number) - (pieces[i] as number));
    return longest > 3 ? cost : cost * shortWeight;
  }

  #weightAt(at: number): number {
    return weight(this.#regions.of[at]?.depth ?? 0);
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
