/** How the steps of plans are written, for the texts of plans with and without sizes. */
import { formatDims } from "../graph/leaves.ts";
import type { PrintOptions } from "../graph/print.ts";
import { printAttributes } from "../graph/print.ts";
import { formatConstant, formatName } from "../graph/print-literal.ts";
import { formatType } from "../graph/type.ts";
import type { Plan, PlanStep, PlanValue } from "./plan.ts";

const commentColumn = 56;

type Options = Required<PrintOptions>;

/** A value of a plan as an operand: `%3`, the name of an input, or what is known of a constant. */
export function referenceTo(plan: Plan, value: number, { constants }: Options): string {
  if (value < 0) return "_";
  const { storage } = plan.values[value] as PlanValue;
  if (storage.kind === "constant") return formatConstant(storage.tensor, constants);
  if (storage.kind === "dims") return formatDims(storage.dims);
  const port = storage.kind === "input" ? plan.inputs.find((input) => input.value === value) : undefined;
  return port === undefined ? `%${value}` : formatName(port.name);
}

/** `%4 = softmax(%2, {axis: 0})`. */
export function callText(plan: Plan, { op, attributes, inputs, outputs }: PlanStep, options: Options): string {
  const reference = (value: number) => referenceTo(plan, value, options);
  const text = printAttributes(attributes, { ...options, indent: "  " });
  const inside = [...inputs.map(reference), ...(text === "" ? [] : [text])];
  return `${outputs.map(reference).join(", ")} = ${formatName(op)}(${inside.join(", ")})`;
}

/** `plan main(x: f32[N,3]) {`. */
export function headText({ name, inputs }: Plan): string {
  const ports = inputs.map((port) => `${formatName(port.name)}: ${formatType(port.type)}`);
  return `plan ${formatName(name)}(${ports.join(", ")}) {`;
}

/** The last lines of a plan: what it returns. */
export function returnText(plan: Plan, options: Options): string {
  const ports = plan.outputs.map(({ name, value }) => `${formatName(name)}: ${referenceTo(plan, value, options)}`);
  return `  return ${ports.join(", ")}\n}`;
}

/** A text with a remark behind it, in a column of its own where there is room. */
export function withRemark(text: string, remark: string): string {
  if (remark === "") return text;
  const last = text.slice(text.lastIndexOf("\n") + 1);
  return `${text}${" ".repeat(Math.max(2, commentColumn - last.length))}# ${remark.replaceAll("\n", " ")}`;
}
