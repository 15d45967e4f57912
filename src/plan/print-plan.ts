import { formatDims } from "../graph/leaves.ts";
import type { PrintOptions } from "../graph/print.ts";
import { printAttributes } from "../graph/print.ts";
import { formatConstant, formatName } from "../graph/print-literal.ts";
import { formatType } from "../graph/type.ts";
import type { BoundPlan } from "./bound-plan.ts";
import type { Plan, PlanStep, PlanValue } from "./plan.ts";

const commentColumn = 56;

/**
 * A plan as text, a line a step: results by number, the call, the kernel, and where the results live until which step. With the
 * bound plan also the sizes that the symbols have, and the place of each result in the arena.
 *
 *     plan main(x: f32[N,3]) {                     # N=2, arena 128 bytes
 *       0  %2 = mul(x, f32 0.5) by eval            # f32[N,3] arena+0, until 1  /encoder/Mul
 *       return y: %3
 *     }
 */
export function printPlan(plan: Plan, bound?: BoundPlan, options: PrintOptions = {}): string {
  const { constants = [], origins = true } = options;
  const reference = (value: number) => referenceTo(plan, value, constants);
  const inputs = plan.inputs.map(({ name, type }) => `${formatName(name)}: ${formatType(type)}`);
  const lines = plan.steps.map((step, at) => {
    const results = step.outputs.map((output) => (output < 0 ? "_" : reference(output))).join(", ");
    const attributes = printAttributes(step.attributes, { constants, origins, indent: "  " });
    const inside = [
      ...step.inputs.map((input) => (input < 0 ? "_" : reference(input))),
      ...(attributes === "" ? [] : [attributes]),
    ];
    const text = `  ${at}  ${results} = ${formatName(step.op)}(${inside.join(", ")}) by ${step.kernel}`;
    return comment(text, `${placesOf(plan, step, bound)}${origins && step.origin !== "" ? `  ${step.origin}` : ""}`);
  });
  const outputs = plan.outputs.map(({ name, value }) => `${formatName(name)}: ${reference(value)}`);
  const head = `plan ${formatName(plan.name)}(${inputs.join(", ")}) {`;
  return [
    bound === undefined ? head : comment(head, boundTo(bound)),
    ...lines,
    `  return ${outputs.join(", ")}`,
    "}",
  ].join("\n");
}

function comment(text: string, remark: string): string {
  const last = text.slice(text.lastIndexOf("\n") + 1);
  return `${text}${" ".repeat(Math.max(2, commentColumn - last.length))}# ${remark.replaceAll("\n", " ")}`;
}

function boundTo({ bindings, arenaBytes }: BoundPlan): string {
  return [...[...bindings].map(([symbol, size]) => `${symbol}=${size}`), `arena ${arenaBytes} bytes`].join(", ");
}

function referenceTo(plan: Plan, value: number, constants: NonNullable<PrintOptions["constants"]>): string {
  const { storage } = plan.values[value] as PlanValue;
  if (storage.kind === "constant") return formatConstant(storage.tensor, constants);
  if (storage.kind === "dims") return formatDims(storage.dims);
  const port = storage.kind === "input" ? plan.inputs.find((input) => input.value === value) : undefined;
  return port === undefined ? `%${value}` : formatName(port.name);
}

/** `f32[N,3] arena+64, until 4` of each result. */
function placesOf(plan: Plan, { outputs }: PlanStep, bound: BoundPlan | undefined): string {
  const places = outputs.map((output) => {
    if (output < 0) return "unused";
    const { type, storage, to } = plan.values[output] as PlanValue;
    const offset = bound !== undefined && (bound.offsets[output] as number) >= 0 ? `+${bound.offsets[output]}` : "";
    const place = storage.kind === "view" ? `view of %${storage.of}` : storage.kind;
    return `${formatType(type)} ${place}${offset}, until ${to}`;
  });
  return places.join("; ");
}
