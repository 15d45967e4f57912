// What the tests of mappings share: one ONNX node applied to values, without a file around it.

import { absent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { invariant } from "../../../tensor/errors.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import type { AttributeProto, NodeProto, NodeServices } from "../node.ts";
import { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { mappingAt } from "../onnx-op.ts";
import { onnxFamilies } from "./index.ts";

/** Attributes by name: integers as bigints, floats as numbers, texts, tensors, and lists of the first three. */
type TestAttributes = Readonly<
  Record<string, bigint | number | string | Tensor | readonly (bigint | number | string)[]>
>;

interface TestNode {
  readonly op: string;
  readonly opset: number;
  readonly domain?: string;
  readonly attributes?: TestAttributes;
  readonly outputs?: number;
}

/** The values that the mapping of an operator gives. Throws what an import would throw, unknown attributes included. */
export function applyNode(
  { op, opset, domain = "", attributes = {}, outputs = 1 }: TestNode,
  ...inputs: readonly Value[]
): readonly (Value | undefined)[] {
  const family = onnxFamilies.find((each) => each.domain === domain && Object.hasOwn(each.entries, op));
  const entry = family?.entries[op];
  const mapping = entry && mappingAt(entry, opset);
  invariant(mapping !== undefined, `${op} of opset ${opset} has no mapping.`);
  const protos = new Map(Object.entries(attributes).map(([name, value]) => [name, attributeProto(value)]));
  const output = Array.from({ length: outputs }, (_unused, i) => `y${i}`);
  const node = new OnnxNode({ opType: op, domain, output } as unknown as NodeProto, op, opset, protos, services);
  const given = [...inputs, ...new Array<Value>(14 - inputs.length).fill(absent)] as unknown as OnnxInputs;
  const made = mapping(given, node);
  node.checkAllRead();
  return Array.isArray(made) ? made : [made as Value];
}

/** The first of them. */
export function applyOne(node: TestNode, ...inputs: readonly Value[]): Value {
  const [first] = applyNode(node, ...inputs);
  invariant(first !== undefined, `${node.op} gave no value.`);
  return first;
}

function attributeProto(value: TestAttributes[string]): AttributeProto {
  const text = new TextEncoder();
  if (typeof value === "bigint") return { type: 2, i: value } as AttributeProto;
  if (typeof value === "number") return { type: 1, f: Math.fround(value) } as AttributeProto;
  if (typeof value === "string") return { type: 3, s: text.encode(value) } as AttributeProto;
  if (!("dtype" in value)) {
    if (typeof value[0] === "bigint")
      return { type: 7, ints: BigInt64Array.from(value as bigint[]) } as unknown as AttributeProto;
    if (typeof value[0] === "string")
      return { type: 8, strings: value.map((each) => text.encode(String(each))) } as unknown as AttributeProto;
    return { type: 6, floats: Float32Array.from(value as number[]) } as unknown as AttributeProto;
  }
  return { type: 4, t: value } as unknown as AttributeProto;
}

/** Tensors of attributes are given as such; bodies and types are not. */
const services = { tensor: (t: unknown) => t as Tensor, warn: () => undefined } as unknown as NodeServices;
