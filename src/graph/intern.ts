import { isTensor } from "../tensor/datum.ts";
import { storedBytes } from "../tensor/stored-tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { isGraph } from "./graph.ts";
import { dimsOp, formatDims, inputOp } from "./leaves.ts";
import type { Type } from "./type.ts";
import { formatType } from "./type.ts";
import type { Attribute, Attributes, Value } from "./value.ts";

const ids = new WeakMap<object, number>();
let lastId = 0;
function idOf(object: object): number {
  const known = ids.get(object);
  if (known !== undefined) return known;
  ids.set(object, ++lastId);
  return lastId;
}

function tensorKey(t: Tensor): string {
  const { dtype, shape } = t;
  const content = elementCount(shape) <= 64 ? elementsKey(t.data) : `#${idOf(storedBytes(t) ?? t.data)}`;
  return `${dtype}[${shape.join()}]${content}`;
}

function elementsKey(data: Tensor["data"]): string {
  if (!ArrayBuffer.isView(data)) return JSON.stringify(data);
  return String.fromCharCode.apply(null, new Uint8Array(data.buffer, data.byteOffset, data.byteLength) as never);
}

const contentKey = (element: unknown): string => (Object.is(element, -0) ? "-0" : String(element));

function attributeKey(attribute: Attribute): string {
  if (typeof attribute === "string") return JSON.stringify(attribute);
  if (typeof attribute !== "object") return `${typeof attribute}:${contentKey(attribute)}`;
  if (Array.isArray(attribute)) return `[${attribute.map(attributeKey).join()}]`;
  if (isTensor(attribute)) return tensorKey(attribute);
  if (isGraph(attribute)) return `graph#${idOf(attribute)}`;
  return "kind" in attribute ? formatType(attribute as Type) : `object#${idOf(attribute)}`;
}

/** A key equal for values that certainly mean the same, given that their operands are interned. Undefined for values that must stay apart. */
export function internKey(value: Value): string | undefined {
  if (!value.op.pure || value.op === inputOp) return undefined;
  if (value.op === dimsOp) return `dims${formatDims(value.attributes["dims"] as never)}`;
  let operands = "";
  for (const operand of value.operands) operands += `${idOf(operand)},`;
  return `${idOf(value.op)}(${operands}){${attributesKey(value.attributes)}}`;
}

const attributesKeys = new WeakMap<Attributes, string>();

function attributesKey(attributes: Attributes): string {
  let key = attributesKeys.get(attributes);
  if (key === undefined) {
    const names = Object.keys(attributes).sort();
    key = names.map((name) => `${name}=${attributeKey(attributes[name])}`).join(";");
    attributesKeys.set(attributes, key);
  }
  return key;
}
