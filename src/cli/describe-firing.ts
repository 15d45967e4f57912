import { isGraph } from "../graph/graph.ts";
import { constantTensor, dimsOp, formatDims, inputOp, isAbsent, pickOp } from "../graph/leaves.ts";
import { printAttributes } from "../graph/print.ts";
import { formatConstant, formatName } from "../graph/print-literal.ts";
import type { Firing } from "../graph/rewrite.ts";
import { formatType } from "../graph/type.ts";
import type { Attributes, Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";

const levelsBefore = 3;
const levelsAfter = 2;

/** One firing as a line: `form-silu: /encoder/act: mul(x, sigmoid(x)) => silu(x)`. What lies deeper is named by its origin. */
export function describeFiring({ rule, at, before, after }: Firing): string {
  return `${rule}: ${at}: ${describe(before, levelsBefore)} => ${describe(after, levelsAfter)}`;
}

const longest = 24;

function describe(value: Value, levels: number): string {
  const { op, operands, attributes, origin } = value;
  if (isAbsent(value)) return "_";
  if (op === inputOp) return formatName(String(attributes["name"]));
  const tensor = constantTensor(value);
  if (tensor !== undefined) {
    const text = formatConstant(tensor, []);
    return text.length > longest || text.includes("#") ? formatType(value.type) : text;
  }
  if (op === dimsOp) return formatDims(attributes["dims"] as unknown as readonly Dim[]);
  if (op === pickOp && operands[0] !== undefined)
    return `${describe(operands[0], levels)}.${String(attributes["index"])}`;
  if (levels === 0) return origin === "" ? `${op.name}(…)` : formatName(origin);
  return `${op.name}(${[...operands.map((operand) => describe(operand, levels - 1)), ...shown(attributes)].join(", ")})`;
}

/** Attributes in braces; none for bodies, which are graphs of their own. */
function shown(attributes: Attributes): string[] {
  const text = Object.values(attributes).some(isGraph) ? "" : printAttributes(attributes);
  return text === "" ? [] : [text];
}
