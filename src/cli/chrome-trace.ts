import type { MeasuredStep } from "./measure-steps.ts";

/** A run in the Trace Event Format that chrome://tracing and Perfetto open: one complete event a step, times in microseconds. */
export function chromeTrace(model: string, steps: readonly MeasuredStep[]) {
  const place = { pid: 1, tid: 1 };
  const names = [
    { name: "process_name", ph: "M", ...place, args: { name: model } },
    { name: "thread_name", ph: "M", ...place, args: { name: "steps" } },
  ];
  const events = steps.map(({ index, kernel, op, origin, startMs, lastMs, type, bytes, flops }) => ({
    name: op,
    cat: kernel,
    ph: "X",
    ts: Math.max(0, startMs * 1000),
    dur: lastMs * 1000,
    ...place,
    args: { step: index, kernel, origin, result: type, bytes, ...(flops !== undefined && { flops }) },
  }));
  return { displayTimeUnit: "ms", traceEvents: [...names, ...events] };
}
