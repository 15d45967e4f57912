import { isTensor } from "../tensor/datum.ts";
import { dtypeNames } from "../tensor/dtype.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Graph } from "./graph.ts";
import { isGraph } from "./graph.ts";
import { GraphNames } from "./graph-names.ts";
import { formatName, formatNumber, formatTyped } from "./print-literal.ts";
import type { Type } from "./type.ts";
import { formatType } from "./type.ts";
import type { Attribute, Attributes, Value } from "./value.ts";

export interface PrintOptions {
  /** Collects the tensors that the text shows by number, `#0` first. Those it holds already keep their numbers. */
  readonly constants?: Tensor[];
  /** Whether the comment behind a value names its origin as well as its type; true unless given. */
  readonly origins?: boolean;
}

const commentColumn = 56;

/**
 * A graph as text, a line a value, operands before users:
 *
 *     graph main(x: f32[N,3]) {
 *       %0 = mul(x, 0.5)                  # f32[N,3]  /encoder/Mul
 *       %1 = reshape(%0, [N, -1])         # f32[N,3]
 *       return y: %1
 *     }
 *
 * A scalar without a dtype has that of the first operand that shows one; a list is an i64 vector, of symbolic dims too; `_` is an
 * absent operand and `%1.0` a result of several. Constants of more than 16 different elements are shown as
 * `constant f32[64,3] #0`.
 * parseGraph reads it back: all but the comments, and so the origins, are part of the graph.
 */
export function printGraph(graph: Graph, options: PrintOptions = {}): string {
  return new Printer(options).graph(graph, "");
}

/** `{axes: [1], mode: "linear"}`: attributes as they stand behind the operands; "" for none. */
export function printAttributes(
  attributes: Attributes,
  options: PrintOptions & { readonly indent?: string } = {},
): string {
  return new Printer(options).attributes(attributes, options.indent ?? "");
}

class Printer {
  readonly #constants: Tensor[];
  readonly #origins: boolean;

  constructor({ constants = [], origins = true }: PrintOptions) {
    this.#constants = constants;
    this.#origins = origins;
  }

  graph(graph: Graph, indent: string): string {
    const names = new GraphNames(graph, this.#constants);
    const inputs = graph.inputs.map((value) => `${names.reference(value)}: ${formatType(value.type)}`);
    const lines = names.results.map((value) => this.#line(value, names, `${indent}  `));
    const outputs = graph.outputs.map(({ name, value }) => `${formatName(name)}: ${names.reference(value)}`);
    lines.push(`${indent}  return${outputs.length > 0 ? " " : ""}${outputs.join(", ")}`);
    return [`graph ${formatName(graph.name)}(${inputs.join(", ")}) {`, ...lines, `${indent}}`].join("\n");
  }

  #line(value: Value, names: GraphNames, indent: string): string {
    const text = `${indent}${names.reference(value)} = ${this.#call(value, names, indent)}`;
    const last = text.slice(text.lastIndexOf("\n") + 1);
    const origin = this.#origins && value.origin !== "" ? `  ${value.origin.replaceAll("\n", " ")}` : "";
    return `${text}${" ".repeat(Math.max(2, commentColumn - last.length))}# ${formatType(value.type)}${origin}`;
  }

  #call(value: Value, names: GraphNames, indent: string): string {
    const attributes = this.attributes(value.attributes, indent);
    const inside = [...names.operands(value), ...(attributes === "" ? [] : [attributes])];
    return `${formatName(value.op.name)}(${inside.join(", ")})`;
  }

  attributes(attributes: Attributes, indent: string): string {
    const entries = Object.entries(attributes).map(
      ([name, attribute]) => `${formatName(name)}: ${this.#attribute(attribute, indent)}`,
    );
    return entries.length === 0 ? "" : `{${entries.join(", ")}}`;
  }

  #attribute(attribute: Attribute, indent: string): string {
    if (isGraph(attribute)) return this.graph(attribute, indent);
    if (Array.isArray(attribute)) return `[${attribute.map((item) => this.#attribute(item, indent)).join(", ")}]`;
    if (isTensor(attribute)) return formatTyped(attribute, this.#constants);
    return formatPlain(attribute);
  }
}

const words: ReadonlySet<string> = new Set(dtypeNames);

/** `0.5`, `"SAME"`, `f16` for the name of a dtype, `5n`, `f32[2,N]` for a type. */
function formatPlain(attribute: Attribute): string {
  if (typeof attribute === "number") return formatNumber(attribute);
  if (typeof attribute === "bigint") return `${attribute}n`;
  if (typeof attribute === "string") return words.has(attribute) ? attribute : JSON.stringify(attribute);
  if (typeof attribute !== "object") return String(attribute);
  return formatType(attribute as Type);
}
