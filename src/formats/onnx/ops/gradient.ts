import { constant } from "../../../graph/leaves.ts";
import { substitute } from "../../../graph/substitute.ts";
import { topological } from "../../../graph/topological.ts";
import { formatType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { expand } from "../../../ops/expand.ts";
import { reduceSum } from "../../../ops/reduce-sum.ts";
import { reshape } from "../../../ops/reshape.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import type { Dim } from "../../../tensor/dim.ts";
import { dimEquals } from "../../../tensor/dim.ts";
import { FormatError, UnsupportedError } from "../../../tensor/errors.ts";
import { scalar } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { requiredAttribute } from "../shape-values.ts";
import { gradientRules } from "./gradient-rules.ts";
import { dtypeOf } from "./precision.ts";

/** Differentiation, expanded while the model is imported. */
export const differentiation = onnxOps({ Gradient: gradient }, "ai.onnx.preview.training");

/** The derivatives of the sum of `y` by the values named in `xs`, at the inputs. */
function gradient(inputs: OnnxInputs, node: OnnxNode): readonly Value[] {
  const names = requiredAttribute(node.strings("xs"), "xs");
  const all = [...names, ...(node.strings("zs") ?? [])];
  const y = named(node, requiredAttribute(node.string("y"), "y"));
  const replacements = new Map(all.map((name, i) => [named(node, name), inputs[i] as Value]));
  const [at] = substitute([y], replacements);
  return gradientsOf(at as Value, inputs.slice(0, names.length));
}

function named(node: OnnxNode, name: string): Value {
  const value = node.named(name);
  if (value !== undefined) return value;
  throw new FormatError(`the graph has no value "${name}" to differentiate. Export the model again.`);
}

/** The derivatives of the sum of y by each of xs, from y back. */
export function gradientsOf(y: Value, xs: readonly Value[]): Value[] {
  const order = topological([y], (value) => (xs.includes(value) ? [] : value.operands));
  const depends = new Set<Value>(xs);
  for (const value of order) if (value.operands.some((operand) => depends.has(operand))) depends.add(value);
  const gradients = new Map<Value, Value>([[y, filled(y, 1)]]);
  for (const value of order.reverse()) {
    const g = gradients.get(value);
    if (g === undefined || xs.includes(value) || !depends.has(value)) continue;
    const rule = gradientRules.get(value.op);
    if (rule === undefined) {
      throw new UnsupportedError(
        `${value.op.name} "${value.origin}" cannot be differentiated. Known are: ${[...gradientRules.keys()].map(({ name }) => name).join(", ")}.`,
      );
    }
    for (const [i, part] of rule(g, value, value.operands).entries()) {
      const operand = value.operands[i] as Value;
      if (!depends.has(operand)) continue;
      const own = sumTo(part, operand);
      const others = gradients.get(operand);
      gradients.set(operand, others === undefined ? own : add(others, own));
    }
  }
  return xs.map((x) => gradients.get(x) ?? filled(x, 0));
}

const filled = (like: Value, value: number): Value => expand(constant(scalar(dtypeOf(like), value)), shapeOf(like));

/** Sums a gradient over the axes along which x was broadcast. */
function sumTo(g: Value, x: Value): Value {
  const [from, to] = [operandShape(g, "the gradient"), operandShape(x, "x")];
  if (from === undefined || to === undefined) throw unknownShape(g, x);
  const leading = from.length - to.length;
  const axes = from.flatMap((dim, axis) => {
    const own = axis < leading ? undefined : (to[axis - leading] as Dim);
    if (own !== undefined && dimEquals(own, dim)) return [];
    if (own !== undefined && own !== 1) throw unknownShape(g, x);
    return [axis];
  });
  return axes.length === 0 ? g : reshape(reduceSum(g, { axes, keepDims: true }), shapeOf(x));
}

const unknownShape = (g: Value, x: Value): UnsupportedError =>
  new UnsupportedError(
    `a gradient ${formatType(g.type)} of a value ${formatType(x.type)} needs shapes that are known before the model runs; export the model with shapes.`,
  );
