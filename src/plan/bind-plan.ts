import { formatType } from "../graph/type.ts";
import type { Target } from "../ir/target.ts";
import { dimToString, isElementName, symbol } from "../tensor/dim.ts";
import { bytesFor } from "../tensor/dtype.ts";
import { LimitError } from "../tensor/errors.ts";
import { elementCount } from "../tensor/tensor.ts";
import { evalHolders, kernelHolders, layOut } from "./arena-layout.ts";
import type { BoundPlan } from "./bound-plan.ts";
import { boundLiterals, boundShapes } from "./bound-shapes.ts";
import { chooseSteps, evalSteps } from "./choose-steps.ts";
import { elementDims } from "./element-dims.ts";
import { nameOf } from "./fail-on-dim.ts";
import type { Plan } from "./plan.ts";

export interface BindOptions {
  /** What kernels are made for; without one every step is run by its operator's `eval`. */
  readonly target?: Target | undefined;
  readonly maxArenaBytes?: number;
  /** When false, each step of the plan runs on its own, whatever could be done together: for comparisons. */
  readonly group?: boolean | undefined;
}

/**
 * Binds a plan for one set of input shapes, and of elements of inputs where its sizes depend on them: chooses kernels and places values. Throws ShapeError where sizes are open or do not fit, LimitError
 * when the arena or a result would go over `maxArenaBytes`.
 */
export function bindPlan(
  plan: Plan,
  bindings: ReadonlyMap<string, number>,
  { target, maxArenaBytes = Number.MAX_SAFE_INTEGER, group = true }: BindOptions = {},
): BoundPlan {
  const shapes = boundShapes(plan, bindings);
  const literals = boundLiterals(plan, bindings);
  const values = { plan, shapes, literals };
  const holders = target === undefined ? evalHolders(plan, shapes) : kernelHolders(plan, shapes);
  const { bytes, holder } = holders;
  checkResults(plan, shapes, maxArenaBytes);
  // An arena holds its largest value at least: kernels are not chosen for what cannot be.
  checkBytes(
    "The plan needs an arena",
    bytes.reduce((most, each) => Math.max(most, each), 0),
    maxArenaBytes,
  );
  const isView = (value: number): boolean => holder[value] !== -1 && holder[value] !== value;
  const chosen = target === undefined ? evalSteps(plan) : chooseSteps(values, { target, isView, group });
  const { offsets, temporaries, arenaBytes } = layOut(plan, chosen, holders);
  checkBytes("The plan needs an arena", arenaBytes, maxArenaBytes);
  const steps = chosen.map((step, at) => ({ ...step, temporaries: temporaries[at] as readonly number[] }));
  const known = withoutElements(plan, bindings);
  return { plan, bindings: known, steps, offsets, bytes, shapes, literals, arenaBytes };
}

/** The sizes of symbols without elements of inputs, but for those that the plan is bound for one by one: others may change from run to run. */
function withoutElements(plan: Plan, bindings: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  if (![...bindings.keys()].some(isElementName)) return bindings;
  const kept = new Set(elementDims(plan).map(dimToString));
  return new Map([...bindings].filter(([name]) => !isElementName(name) || kept.has(dimToString(symbol(name)))));
}

/** A single result over the limit is named before kernels are chosen for it. */
function checkResults(plan: Plan, shapes: BoundPlan["shapes"], maxArenaBytes: number): void {
  plan.values.forEach(({ type, storage }, i) => {
    const shape = shapes[i];
    if (storage.kind !== "heap" || shape === undefined || type.kind !== "tensor") return;
    const maker = plan.steps.find(({ outputs }) => outputs.includes(i));
    const bytes = bytesFor(type.dtype, elementCount(shape));
    if (bytes > maxArenaBytes) {
      checkBytes(`${nameOf(maker)}: its result ${formatType(type)} takes memory`, bytes, maxArenaBytes);
    }
  });
}

function checkBytes(what: string, bytes: number, maxArenaBytes: number): void {
  if (bytes <= maxArenaBytes) return;
  throw new LimitError(
    `${what} of ${bytes} bytes, more than limits.maxArenaBytes = ${maxArenaBytes}. Use smaller inputs or raise that limit.`,
  );
}
