import { cursorRecord, stepRecord } from "../ir/driver-layout.ts";
import type { Launch, Packed, Place } from "../kernels/schedule.ts";
import type { BoundPlan, BoundStep } from "../plan/bound-plan.ts";
import type { PlanValue } from "../plan/plan.ts";
import { bytesFor } from "../tensor/dtype.ts";
import { invariant } from "../tensor/errors.ts";
import { copyBytes } from "../tensor/stored-tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { argumentWords } from "./argument-words.ts";
import { chunkItems } from "./chunk-items.ts";
import type { RunMemory } from "./execution.ts";
import type { KernelHost } from "./kernel-host.ts";

/** A bound plan whose kernels, weights and arguments are in a host's memory. */
export interface PreparedPlan {
  readonly bound: BoundPlan;
  /** The first launch of each step in the table, and one past the last. */
  readonly launches: readonly (readonly [first: number, end: number])[];
  /** Addresses of the table of launches and of the cursor. */
  readonly table: number;
  readonly cursor: number;
}

/** A word that holds an address in the arena. */
interface Relocation {
  readonly at: number;
  readonly offset: number;
}

interface Prepared extends PreparedPlan {
  readonly region: number;
  readonly relocations: readonly Relocation[];
  /** Where the arena was when the words were written. */
  base: number;
  /** Made when a run asks for it. */
  memory?: RunMemory;
}

/** What a model keeps in the memory of its host: weights, one arena, and the arguments of each plan that was bound. */
export class KernelSession {
  readonly host: KernelHost;
  readonly #constants = new Map<Tensor, number>();
  readonly #packed = new Map<Tensor, Map<string, number>>();
  readonly #prepared = new Map<BoundPlan, Prepared>();
  #arena = { at: 0, bytes: 0 };

  constructor(host: KernelHost) {
    this.host = host;
  }

  /** Bytes of the host's memory in use. */
  get bytes(): number {
    return this.host.memory.bytes;
  }

  /** The address of the arena, once a plan has been prepared. */
  get base(): number {
    return this.#arena.at;
  }

  /** Compiles what is not compiled yet and writes weights and arguments, once for each bound plan. */
  prepare(bound: BoundPlan): PreparedPlan {
    return this.#ready(bound);
  }

  /** Prepares a plan, and gives the memory for its runs: until another one is prepared. */
  memoryFor(bound: BoundPlan): RunMemory {
    const prepared = this.#ready(bound);
    if (prepared.memory !== undefined) return prepared.memory;
    const session = this;
    const { memory } = this.host;
    prepared.memory = {
      get views() {
        return memory.views;
      },
      get base() {
        return session.base;
      },
      kernels: { host: this.host, prepared },
    };
    return prepared.memory;
  }

  #ready(bound: BoundPlan): Prepared {
    this.#reserve(bound.arenaBytes);
    let prepared = this.#prepared.get(bound);
    if (prepared === undefined) {
      prepared = this.#prepare(bound);
      this.#prepared.set(bound, prepared);
    }
    if (prepared.base !== this.base) this.#relocate(prepared);
    return prepared;
  }

  /** Gives back what a bound plan had for itself. */
  forget(bound: BoundPlan): void {
    const prepared = this.#prepared.get(bound);
    if (prepared === undefined) return;
    this.#prepared.delete(bound);
    this.host.memory.release(prepared.region);
    for (const literal of bound.literals.values()) this.#drop(literal);
  }

  /** Gives back what was made from a tensor that no other plan has. */
  #drop(tensor: Tensor): void {
    const places = [this.#constants.get(tensor), ...(this.#packed.get(tensor)?.values() ?? [])];
    for (const at of places) if (at !== undefined) this.host.memory.release(at);
    this.#constants.delete(tensor);
    this.#packed.delete(tensor);
  }

  #reserve(bytes: number): void {
    if (this.#arena.bytes >= bytes) return;
    if (this.#arena.bytes > 0) this.host.memory.release(this.#arena.at);
    this.#arena = { at: this.host.memory.allocate(bytes), bytes };
  }

  #prepare(bound: BoundPlan): Prepared {
    const launches = bound.steps.flatMap(({ launches: list }) => list?.launches ?? []);
    this.host.install([...new Map(launches.map(({ kernel }) => [kernel.key, kernel])).values()]);
    this.host.warmUp(keysByWork(launches));
    const words = bound.steps.map((step) => this.#wordsOf(bound, step));
    const counts = words.flat().map((list) => list.length);
    const tableBytes = launches.length * stepRecord.bytes;
    const wordBytes = counts.reduce((sum, count) => sum + 4 * count, 0);
    const region = this.host.memory.allocate(cursorRecord.bytes + tableBytes + wordBytes);
    const [cursor, table] = [region, region + cursorRecord.bytes];
    const view = new DataView(this.host.memory.buffer);
    const relocations: Relocation[] = [];
    let args = table + tableBytes;
    words.flat().forEach((list, i) => {
      const { items, kernel } = launches[i] as Launch;
      const record = table + i * stepRecord.bytes;
      view.setInt32(record + stepRecord.entry, this.host.installed(kernel.key).entry, true);
      view.setInt32(record + stepRecord.args, args, true);
      view.setInt32(record + stepRecord.items, items, true);
      view.setInt32(record + stepRecord.chunk, chunkItems(launches[i] as Launch), true);
      for (const word of list) {
        if (word.kind === "f32") view.setFloat32(args, word.value, true);
        else if (word.kind === "i32") view.setInt32(args, word.value, true);
        else relocations.push({ at: args, offset: word.value });
        args += 4;
      }
    });
    const spans: (readonly [number, number])[] = [];
    for (const { length } of words) {
      const first = spans.at(-1)?.[1] ?? 0;
      spans.push([first, first + length]);
    }
    return { bound, launches: spans, table, cursor, region, relocations, base: -1 };
  }

  /** Writes the addresses that follow from where the arena is. */
  #relocate(prepared: Prepared): void {
    const view = new DataView(this.host.memory.buffer);
    for (const { at, offset } of prepared.relocations) view.setInt32(at, this.base + offset, true);
    prepared.base = this.base;
  }

  #wordsOf(bound: BoundPlan, step: BoundStep) {
    const addressOf = (place: Place): { readonly arena: boolean; readonly at: number } => {
      if (place.of === "packed") return { arena: false, at: this.#pack(step.launches?.packed?.[place.index]) };
      if (place.of === "temporary") return { arena: true, at: step.temporaries[place.index] as number };
      const value = (place.of === "operand" ? step.inputs : step.outputs)[place.index] ?? -1;
      const offset = bound.offsets[value] ?? -1;
      if (offset >= 0) return { arena: true, at: offset };
      return { arena: false, at: this.#constant(bound, value) };
    };
    return (step.launches?.launches ?? []).map((launch) =>
      argumentWords(launch, this.host.installed(launch.kernel.key).words, addressOf),
    );
  }

  #constant(bound: BoundPlan, value: number): number {
    const planned = bound.plan.values[value] as PlanValue | undefined;
    const tensor = planned?.storage.kind === "constant" ? planned.storage.tensor : bound.literals.get(value);
    invariant(tensor !== undefined, `value ${value} has neither a place nor known elements.`);
    const known = this.#constants.get(tensor);
    if (known !== undefined) return known;
    const bytes = bytesFor(tensor.dtype, elementCount(tensor.shape));
    const at = this.host.memory.allocate(bytes);
    copyBytes(tensor, new Uint8Array(this.host.memory.buffer, at, bytes));
    this.#constants.set(tensor, at);
    return at;
  }

  #pack(packed: Packed | undefined): number {
    invariant(packed !== undefined, "a launch names packed data that its step does not have.");
    const ofSource = this.#packed.get(packed.source) ?? new Map<string, number>();
    this.#packed.set(packed.source, ofSource);
    const known = ofSource.get(packed.key);
    if (known !== undefined) return known;
    const at = this.host.memory.allocate(packed.bytes);
    packed.write(new Uint8Array(this.host.memory.buffer, at, packed.bytes).fill(0));
    ofSource.set(packed.key, at);
    return at;
  }
}

/** Work below which warming up a kernel costs more than it saves. */
const leastFlops = 50_000;

/** The keys of kernels worth warming up, most work first. */
function keysByWork(launches: readonly Launch[]): string[] {
  const work = new Map<string, number>();
  for (const { kernel, flops, bytes } of launches)
    work.set(kernel.key, (work.get(kernel.key) ?? 0) + Math.max(flops, bytes));
  return [...work]
    .filter(([, flops]) => flops >= leastFlops)
    .sort(([, a], [, b]) => b - a)
    .map(([key]) => key);
}
