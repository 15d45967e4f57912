import { cursorRecord } from "../ir/driver-layout.ts";
import type { Launch } from "../kernels/schedule.ts";
import type { BoundPlan } from "../plan/bound-plan.ts";
import type { PlanValue } from "../plan/plan.ts";
import type { KernelHost } from "../runtime/kernel-host.ts";
import { KernelSession } from "../runtime/kernel-session.ts";
import { bytesFor } from "../tensor/dtype.ts";
import { randomTensor } from "../tensor/random.ts";
import { elementCount } from "../tensor/tensor.ts";

/** Elements that are made up; a larger input repeats them. */
const madeElements = 65536;

/** Calls of kernels that one call of the driver makes: all of a plan. */
const unlimited = 2 ** 31 - 1;

/** Times the kernels of bound plans on one host. What `eval` would run is left out. */
export class PlanTimer {
  readonly #session: KernelSession;

  constructor(host: KernelHost) {
    this.#session = new KernelSession(host);
  }

  /** Milliseconds of one run of all launches: the least of as many as fit in `ms`, after as long to warm up. Inputs are random. */
  leastMs(bound: BoundPlan, ms: number): number {
    const run = this.#runOf(bound);
    for (const start = performance.now(); performance.now() - start < ms; ) run();
    let least = Number.POSITIVE_INFINITY;
    for (const start = performance.now(); performance.now() - start < ms || least === Number.POSITIVE_INFINITY; ) {
      const before = performance.now();
      run();
      least = Math.min(least, performance.now() - before);
    }
    this.#session.forget(bound);
    return least;
  }

  #runOf(bound: BoundPlan): () => void {
    const { host } = this.#session;
    const { table, cursor, launches } = this.#session.prepare(bound);
    this.#fillInputs(bound);
    const end = launches.at(-1)?.[1] ?? 0;
    return () => {
      const view = new DataView(host.memory.buffer);
      for (const field of ["step", "item", "abort"] as const) view.setInt32(cursor + cursorRecord[field], 0, true);
      view.setInt32(cursor + cursorRecord.budget, unlimited, true);
      host.run(table, end, cursor);
    };
  }

  #fillInputs({ plan, shapes, offsets }: BoundPlan): void {
    for (const { name, value } of plan.inputs) {
      const { type } = plan.values[value] as PlanValue;
      const [shape, offset] = [shapes[value], offsets[value] as number];
      if (type.kind !== "tensor" || shape === undefined || offset < 0) continue;
      const count = elementCount(shape);
      const data = randomTensor(type.dtype, [Math.min(count, madeElements)], name).data as Uint8Array;
      const made = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const bytes = bytesFor(type.dtype, count);
      const target = new Uint8Array(this.#session.host.memory.buffer, this.#session.base + offset, bytes);
      for (let at = 0; at < bytes; at += made.length) target.set(made.subarray(0, bytes - at), at);
    }
  }
}

/** A bound plan whose last step is done by one other launch, and nothing else is done. */
export function withLaunch(bound: BoundPlan, launch: Launch): BoundPlan {
  return { ...bound, steps: bound.steps.slice(-1).map((step) => ({ ...step, launches: { launches: [launch] } })) };
}
