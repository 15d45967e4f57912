import type { OnnxOps } from "../formats/onnx/onnx-op.ts";
import { onnxOps } from "../formats/onnx/onnx-op.ts";
import { tensorType } from "../graph/type.ts";
import type { Attributes } from "../graph/value.ts";
import { op } from "../ops/op.ts";
import { addOp } from "../ops/registered.ts";
import { tensorOperand } from "../ops/tensor-operand.ts";
import type { Dim } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A tensor's dtype and shape; dims may be symbolic, and the shape is undefined where the rank is unknown. */
export interface TensorFacts {
  readonly dtype: DType;
  readonly shape: readonly Dim[] | undefined;
}
export type CustomAttributes = Readonly<Record<string, number | string | readonly number[] | readonly string[]>>;

export interface CustomOp {
  /** The names of the attributes that nodes may carry, with their defaults; the default's type is the attribute's. */
  readonly attributes?: CustomAttributes;
  /** How many inputs a node has; 1 when left out. */
  readonly inputs?: number;
  /** The result's dtype and shape from the inputs'. */
  readonly infer: (inputs: readonly TensorFacts[], attributes: CustomAttributes) => TensorFacts;
  /** The result. Must not write to its inputs. */
  readonly eval: (inputs: readonly Tensor[], attributes: CustomAttributes) => Tensor;
}

const mappings = new Map<string, OnnxOps>();

/** The mappings of the operators registered so far. */
export const registeredMappings = (): readonly OnnxOps[] => [...mappings.values()];

/**
 * Adds an operator written in TypeScript: nodes `domain.name` of models loaded from now on run it. Registering a name again replaces it.
 */
export function registerOp(domain: string, name: string, definition: CustomOp): void {
  const { inputs = 1, attributes: defaults = {} } = definition;
  const names = Array.from({ length: inputs }, (_unused, i) => `input ${i}`);
  const custom = op(`${domain || "ai.onnx"}:${name}`, names, {
    infer(operands, attributes: Attributes) {
      const { dtype, shape } = definition.infer(
        operands.map((value, i) => tensorOperand(value, `input ${i}`)),
        attributes as CustomAttributes,
      );
      return tensorType(dtype, shape);
    },
    eval: (data, attributes: Attributes) =>
      definition.eval(data as unknown as readonly Tensor[], attributes as CustomAttributes),
  });
  addOp(custom);
  const mapping = onnxOps(
    {
      [name]: (values, node) => {
        const read = Object.entries(defaults).map(
          ([key, otherwise]) => [key, readAttribute(node, key, otherwise)] as const,
        );
        return custom(...(values.slice(0, inputs) as never[]), Object.fromEntries(read) as never);
      },
    },
    domain === "ai.onnx" ? "" : domain,
  );
  mappings.set(`${domain}:${name}`, mapping);
}

type AttributeReader = Pick<
  import("../formats/onnx/node.ts").OnnxNode,
  "float" | "floats" | "int" | "ints" | "string" | "strings" | "kindOf"
>;

function readAttribute(
  node: AttributeReader,
  key: string,
  otherwise: CustomAttributes[string],
): CustomAttributes[string] {
  if (typeof otherwise === "string") return node.string(key, otherwise);
  if (typeof otherwise === "number")
    return node.kindOf(key) === "int" ? node.int(key, otherwise) : node.float(key, otherwise);
  if (node.kindOf(key) === "strings") return node.strings(key) ?? otherwise;
  return (node.kindOf(key) === "ints" ? node.ints(key) : node.floats(key)) ?? otherwise;
}
