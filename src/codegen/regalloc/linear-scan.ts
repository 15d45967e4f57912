import type { Segments } from "./liveness.ts";
import type { Instruction, MachineFunction, RegisterClass, RegisterFile } from "./machine-function.ts";
import { vregOf } from "./machine-function.ts";
import type { Access, Web } from "./web.ts";

/** Which positions a register is taken at, as bits. */
class Occupancy {
  readonly #words: Int32Array;

  constructor(positions: number) {
    this.#words = new Int32Array((positions >> 5) + 1);
  }

  isFree(segments: Segments): boolean {
    for (let i = 0; i < segments.length; i += 2) {
      if (!this.#isFree(segments[i] as number, segments[i + 1] as number)) return false;
    }
    return true;
  }

  take(segments: Segments): void {
    const words = this.#words;
    for (let i = 0; i < segments.length; i += 2) {
      const [first, last] = [segments[i] as number, segments[i + 1] as number];
      const [begin, end] = [first >> 5, last >> 5];
      const [head, tail] = [bitsFrom(first), bitsTo(last)];
      if (begin === end) words[begin] = (words[begin] as number) | (head & tail);
      else {
        words[begin] = (words[begin] as number) | head;
        words.fill(-1, begin + 1, end);
        words[end] = (words[end] as number) | tail;
      }
    }
  }

  #isFree(first: number, last: number): boolean {
    const words = this.#words;
    const [begin, end] = [first >> 5, last >> 5];
    const [head, tail] = [bitsFrom(first), bitsTo(last)];
    if (begin === end) return ((words[begin] as number) & head & tail) === 0;
    if (((words[begin] as number) & head) !== 0 || ((words[end] as number) & tail) !== 0) return false;
    for (let word = begin + 1; word < end; word++) if (words[word] !== 0) return false;
    return true;
  }
}

/** The bits for a position and all after it in its word. */
const bitsFrom = (first: number): number => -1 << (first & 31);

/** The bits for a position and all before it in its word. */
const bitsTo = (last: number): number => -1 >>> (31 - (last & 31));

/** Webs that would like to share a register, since one is a copy of the other. */
function findHints(
  { instructions }: MachineFunction<unknown>,
  rootOf: Int32Array,
): ReadonlyMap<number, readonly number[]> {
  const hints = new Map<number, number[]>();
  const add = (root: number, other: number): void => {
    const known = hints.get(root);
    if (known) known.push(other);
    else hints.set(root, [other]);
  };
  for (let i = 0; i < instructions.length; i++) {
    const { kind, operands } = instructions[i] as Instruction<unknown>;
    if (kind !== "move") continue;
    const a = rootOf[vregOf(operands[0] as number)] as number;
    const b = rootOf[vregOf(operands[1] as number)] as number;
    if (a === b) continue;
    add(a, b);
    add(b, a);
  }
  return hints;
}

export interface Scan {
  readonly webs: readonly (Web | undefined)[];
  readonly rootOf: Int32Array;
  readonly file: RegisterFile;
}

/** A value that needs a register at some instructions. */
interface Interval {
  readonly web: Web;
  readonly segments: Segments;
  /** The instruction, where the web has no register of its own. */
  readonly visit: number | undefined;
}

/**
 * Gives each web the first register that is free wherever it needs one, in the order in which they begin. Where there is
 * none, though no position needs too many, the web goes to memory and gets a register for each use; then the scan begins
 * anew.
 */
export function linearScan(machine: MachineFunction<unknown>, { webs, rootOf, file }: Scan): void {
  const hints = findHints(machine, rootOf);
  for (;;) {
    const failed = scan(machine, { webs, rootOf, file }, hints);
    if (failed === undefined) return;
    if (failed.visits !== undefined)
      throw new RangeError(`Bug: v${failed.root} of ${machine.name} finds no register for one instruction.`);
    scatter(failed);
    for (const web of webs) if (web && !machine.fixed.has(web.root)) web.register = -1;
  }
}

/** The registers that are taken so far, by their class and number. */
type Taken = Readonly<Record<RegisterClass, (Occupancy | undefined)[]>>;

/* Most kernels are compiled once, by code that the engine runs for the first time: here loops are plain, without iterators. */

function scan(
  machine: MachineFunction<unknown>,
  { webs, file }: Scan,
  hints: ReadonlyMap<number, readonly number[]>,
): Web | undefined {
  const positions = 2 * machine.instructions.length + 2;
  const taken: Taken = { gpr: [], vec: [], mask: [] };
  const take = (kind: RegisterClass, register: number, segments: Segments): void => {
    const known = taken[kind][register] ?? new Occupancy(positions);
    taken[kind][register] = known;
    known.take(segments);
  };
  const intervals: Interval[] = [];
  for (let i = 0; i < webs.length; i++) {
    const web = webs[i];
    if (web === undefined) continue;
    if (machine.fixed.has(web.root)) take(web.kind, web.register, web.segments);
    else addIntervals(intervals, web);
  }
  intervals.sort((a, b) => (a.segments[0] as number) - (b.segments[0] as number));
  for (let i = 0; i < intervals.length; i++) {
    const { web, segments, visit } = intervals[i] as Interval;
    const register = firstFree(taken[web.kind], file.registers[web.kind], segments, likedBy(web, webs, hints));
    if (register < 0) return web;
    take(web.kind, register, segments);
    if (visit === undefined) web.register = register;
    else web.visits?.set(visit, register);
  }
  return undefined;
}

const none: readonly number[] = [];

/** The registers of webs that a web would like to share one with, so far. */
function likedBy(
  { root }: Web,
  webs: readonly (Web | undefined)[],
  hints: ReadonlyMap<number, readonly number[]>,
): readonly number[] {
  return hints.get(root)?.map((other) => webs[other]?.register ?? -1) ?? none;
}

/** The first register that is free in all segments, of those that are liked or else of all that are allowed; -1 where none is. */
function firstFree(
  taken: readonly (Occupancy | undefined)[],
  allowed: readonly number[],
  segments: Segments,
  liked: readonly number[],
): number {
  for (let i = 0; i < liked.length; i++) {
    const register = liked[i] as number;
    if (allowed.includes(register) && (taken[register]?.isFree(segments) ?? true)) return register;
  }
  for (let i = 0; i < allowed.length; i++) {
    const register = allowed[i] as number;
    if (taken[register]?.isFree(segments) ?? true) return register;
  }
  return -1;
}

function addIntervals(to: Interval[], web: Web): void {
  if (web.visits === undefined) {
    if (web.segments.length > 0) to.push({ web, segments: web.segments, visit: undefined });
    return;
  }
  for (let i = 0; i < web.accesses.length; i++) {
    const { at, first, last, uses, defines } = web.accesses[i] as Access;
    if (uses || (defines && web.again !== at)) to.push({ web, segments: [first, last], visit: at });
  }
}

/** Keeps a web in memory: it is stored wherever it is written, and loaded, or made again, wherever it is read. */
function scatter(web: Web): void {
  web.visits = new Map();
  web.segments = [];
  web.reloads.clear();
  web.stores.clear();
  for (const { at, uses, defines } of web.accesses) {
    if (uses) web.reloads.add(at);
    if (defines && web.again === undefined) web.stores.add(at);
  }
}
