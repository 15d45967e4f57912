import type { PrintOptions } from "../graph/print.ts";
import { formatType } from "../graph/type.ts";
import type { BoundPlan, BoundStep } from "./bound-plan.ts";
import type { PlanStep, PlanValue } from "./plan.ts";
import { callText, headText, referenceTo, returnText, withRemark } from "./print-step.ts";
import { viewSteps } from "./view-steps.ts";

export interface BoundPrintOptions extends PrintOptions {
  /** What the plan was bound for; named in the first line. */
  readonly target?: string;
}

type Options = Required<PrintOptions>;

/**
 * A plan with its sizes as text: each step by its number in the plan, the schedule that runs it or why none does, and where its results lie. Steps
 * that are done together are written below the first line of theirs; views of other values need no step.
 *
 *     plan main(x: f32[N,3]) {                     # N=2, wasm-simd128, arena 192 bytes
 *       1  %3 = mul+exp(x) by elementwise          # f32[2,3] arena+64, 24 bytes
 *            %2 = mul(x, f32 0.5)                  # /encoder/Mul
 *            %3 = exp(%2)                          # /encoder/Exp
 *       2  %4 = reshape(%3, [3, 2]) is a view      # f32[3,2] arena+64
 *       3  %5 = det(%4) by eval: det has no kernels yet
 *       return y: %5
 *     }
 */
export function printBoundPlan(bound: BoundPlan, options: BoundPrintOptions = {}): string {
  const { constants = [], origins = true, target } = options;
  const { plan, bindings, arenaBytes } = bound;
  const shown = { constants, origins };
  const steps = bound.steps.map((step) => [step.at, stepText(bound, step, shown)] as const);
  const views = viewSteps(bound).map((at) => [at, viewText(bound, at, shown)] as const);
  const sizes = [...bindings].map(([symbol, size]) => `${symbol}=${size}`);
  const facts = [...sizes, ...(target === undefined ? [] : [target]), `arena ${arenaBytes} bytes`];
  const lines = [...steps, ...views].sort(([a], [b]) => a - b).map(([, text]) => text);
  return [withRemark(headText(plan), facts.join(", ")), ...lines, returnText(plan, shown)].join("\n");
}

function stepText(bound: BoundPlan, step: BoundStep, options: Options): string {
  const { plan } = bound;
  const { at, covers, kernel, reasons } = step;
  const [first, ...more] = covers.map((each) => plan.steps[each] as PlanStep);
  const by = `by ${kernel}${reasons.length > 0 ? `: ${reasons.join("; ")}` : ""}`;
  const places = placesOf(bound, step.outputs);
  if (first === undefined || more.length === 0) {
    const only = plan.steps[at] as PlanStep;
    return withRemark(`  ${at}  ${callText(plan, only, options)} ${by}`, `${places}${originOf(only, options)}`);
  }
  const results = step.outputs.map((value) => referenceTo(plan, value, options)).join(", ");
  const inputs = step.inputs.map((value) => referenceTo(plan, value, options)).join(", ");
  const ops = [first, ...more].map(({ op }) => op).join("+");
  const parts = [first, ...more].map((each) =>
    withRemark(`       ${callText(plan, each, options)}`, originOf(each, options).trim()),
  );
  return [withRemark(`  ${at}  ${results} = ${ops}(${inputs}) ${by}`, places), ...parts].join("\n");
}

function viewText(bound: BoundPlan, at: number, options: Options): string {
  const step = bound.plan.steps[at] as PlanStep;
  const remark = `${placesOf(bound, step.outputs)}${originOf(step, options)}`;
  return withRemark(`  ${at}  ${callText(bound.plan, step, options)} is a view`, remark);
}

const originOf = ({ origin }: PlanStep, { origins }: Options): string =>
  origins && origin !== "" ? `  ${origin}` : "";

/** `f32[2,3] arena+64, 24 bytes` of each result. */
function placesOf({ plan, shapes, offsets, bytes }: BoundPlan, outputs: readonly number[]): string {
  const places = outputs.map((value) => {
    if (value < 0) return "unused";
    const { type } = plan.values[value] as PlanValue;
    const shape = shapes[value];
    const text = formatType(type.kind === "tensor" && shape ? { ...type, shape } : type);
    if ((offsets[value] as number) < 0) return `${text} heap`;
    const size = bytes[value] as number;
    return `${text} arena+${offsets[value]}${size > 0 ? `, ${size} bytes` : ""}`;
  });
  return places.join("; ");
}
