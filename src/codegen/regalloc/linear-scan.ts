import type { Segments } from "./liveness.ts";
import type { MachineFunction, RegisterClass, RegisterFile } from "./machine-function.ts";
import { vregOf } from "./machine-function.ts";
import type { Web } from "./web.ts";

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
  for (const { kind, operands } of instructions) {
    if (kind !== "move") continue;
    const [a, b] = operands.map((operand) => rootOf[vregOf(operand)]) as [number, number];
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

function scan(
  machine: MachineFunction<unknown>,
  { webs, file }: Scan,
  hints: ReadonlyMap<number, readonly number[]>,
): Web | undefined {
  const positions = 2 * machine.instructions.length + 2;
  const taken: Record<RegisterClass, Map<number, Occupancy>> = { gpr: new Map(), vec: new Map(), mask: new Map() };
  const occupancy = (kind: RegisterClass, register: number): Occupancy => {
    let known = taken[kind].get(register);
    if (known === undefined) {
      known = new Occupancy(positions);
      taken[kind].set(register, known);
    }
    return known;
  };
  const intervals: Interval[] = [];
  for (const web of webs) {
    if (web === undefined) continue;
    if (machine.fixed.has(web.root)) occupancy(web.kind, web.register).take(web.segments);
    else intervals.push(...intervalsOf(web));
  }
  intervals.sort((a, b) => (a.segments[0] as number) - (b.segments[0] as number));
  for (const { web, segments, visit } of intervals) {
    const isFree = (register: number): boolean => taken[web.kind].get(register)?.isFree(segments) ?? true;
    const allowed = file.registers[web.kind];
    const liked = hints.get(web.root)?.map((root) => webs[root]?.register ?? -1);
    const register = liked?.find((each) => allowed.includes(each) && isFree(each)) ?? allowed.find(isFree);
    if (register === undefined) return web;
    occupancy(web.kind, register).take(segments);
    if (visit === undefined) web.register = register;
    else web.visits?.set(visit, register);
  }
  return undefined;
}

function intervalsOf(web: Web): Interval[] {
  if (web.visits === undefined)
    return web.segments.length === 0 ? [] : [{ web, segments: web.segments, visit: undefined }];
  return web.accesses
    .filter(({ at, uses, defines }) => uses || (defines && web.again !== at))
    .map(({ at, first, last }) => ({ web, segments: [first, last], visit: at }));
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
