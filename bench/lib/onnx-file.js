// @ts-check
// Writes small ONNX models: what onnx.proto says of ModelProto, as far as the comparisons here need it.
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { dtypes } from "./tensors.js";

/** @import { DType, Tensor } from "./tensors.js" */

/**
 * An attribute by its JavaScript type: whole numbers are INT, others FLOAT (write `float(1)` for 1.0), text is STRING, lists likewise, tensors
 * TENSOR, `{ graph }` GRAPH.
 * @typedef {number | string | readonly number[] | readonly string[] | Float | { graph: GraphSpec } | Tensor} Attribute
 * @typedef {{ readonly float: number | readonly number[] }} Float
 *
 * @typedef {object} NodeSpec
 * @property {string} op
 * @property {string} [domain]
 * @property {readonly string[]} inputs
 * @property {readonly string[]} outputs
 * @property {Readonly<Record<string, Attribute | undefined>> | undefined} [attributes]
 *
 * @typedef {{ dtype: DType, shape: readonly (number | string)[] | undefined }} PortSpec
 *
 * @typedef {object} GraphSpec
 * @property {readonly NodeSpec[]} nodes
 * @property {Readonly<Record<string, PortSpec>>} inputs
 * @property {Readonly<Record<string, PortSpec | undefined>>} outputs without a type where the engines shall infer it
 * @property {Readonly<Record<string, Tensor>>} [initializers]
 *
 * @typedef {GraphSpec & { opset: number, domains?: Readonly<Record<string, number>> }} ModelSpec
 */

/**
 * A FLOAT attribute, or FLOATS.
 * @param {number | readonly number[]} value
 * @returns {Float}
 */
export const float = (value) => ({ float: value });

/**
 * The bytes of a model.
 * @param {ModelSpec} model
 * @returns {Uint8Array}
 */
export function onnxFile(model) {
  const writer = new BinaryWriter();
  integer(writer, 1, model.opset > 21 ? 11 : 8);
  text(writer, 2, "lanewise-bench");
  message(writer, 7, graph(model));
  for (const [domain, version] of [["", model.opset], ...Object.entries(model.domains ?? {})]) {
    const opset = new BinaryWriter();
    text(opset, 1, String(domain));
    integer(opset, 2, Number(version));
    message(writer, 8, opset);
  }
  return writer.finish();
}

/** @param {GraphSpec} spec */
function graph({ nodes, inputs, outputs, initializers = {} }) {
  const writer = new BinaryWriter();
  for (const spec of nodes) message(writer, 1, node(spec));
  text(writer, 2, "graph");
  for (const [name, tensor] of Object.entries(initializers)) message(writer, 5, tensorProto(tensor, name));
  for (const [name, type] of Object.entries(inputs)) message(writer, 11, port(name, type));
  for (const [name, type] of Object.entries(outputs)) message(writer, 12, port(name, type));
  return writer;
}

/** @param {NodeSpec} spec */
function node({ op, domain = "", inputs, outputs, attributes = {} }) {
  const writer = new BinaryWriter();
  for (const name of inputs) text(writer, 1, name);
  for (const name of outputs) text(writer, 2, name);
  text(writer, 4, op);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) message(writer, 5, attribute(name, value));
  }
  text(writer, 7, domain);
  return writer;
}

/**
 * @param {string} name
 * @param {Attribute} value
 */
function attribute(name, value) {
  const writer = new BinaryWriter();
  text(writer, 1, name);
  const type = (/** @type {number} */ number) => integer(writer, 20, number);
  if (typeof value === "number") {
    if (!Number.isInteger(value)) throw new TypeError(`Attribute ${name} = ${value}: write float(${value}).`);
    integer(writer, 3, value);
    type(2);
  } else if (typeof value === "string") {
    text(writer, 4, value);
    type(3);
  } else if (Array.isArray(value)) {
    const isText = typeof value[0] === "string";
    for (const item of value) isText ? text(writer, 9, String(item)) : integer(writer, 8, Number(item));
    type(isText ? 8 : 7);
  } else if ("float" in value) {
    const list = Array.isArray(value.float);
    for (const item of [value.float].flat()) writer.tag(list ? 7 : 2, WireType.Bit32).float(item);
    type(list ? 6 : 1);
  } else if ("graph" in value) {
    message(writer, 6, graph(value.graph));
    type(5);
  } else {
    message(writer, 5, tensorProto(/** @type {Tensor} */ (value), ""));
    type(4);
  }
  return writer;
}

/**
 * @param {Tensor} tensor
 * @param {string} name
 */
function tensorProto({ dtype, shape, data }, name) {
  const writer = new BinaryWriter();
  for (const dim of shape) integer(writer, 1, dim);
  integer(writer, 2, dtypes[dtype].onnx);
  if (dtype === "string") {
    for (const item of data) writer.tag(6, WireType.LengthDelimited).string(item);
  }
  text(writer, 8, name);
  if (dtype !== "string") {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    writer.tag(9, WireType.LengthDelimited).bytes(bytes);
  }
  return writer;
}

/**
 * @param {string} name
 * @param {PortSpec | undefined} type
 */
function port(name, type) {
  const writer = new BinaryWriter();
  text(writer, 1, name);
  if (type === undefined) return writer;
  const tensor = new BinaryWriter();
  integer(tensor, 1, dtypes[type.dtype].onnx);
  if (type.shape !== undefined) {
    const shape = new BinaryWriter();
    for (const dim of type.shape) {
      const written = new BinaryWriter();
      if (typeof dim === "number") integer(written, 1, dim);
      else text(written, 2, dim);
      message(shape, 1, written);
    }
    message(tensor, 2, shape);
  }
  const typed = new BinaryWriter();
  message(typed, 1, tensor);
  message(writer, 2, typed);
  return writer;
}

/**
 * @param {BinaryWriter} writer
 * @param {number} field
 * @param {number} value
 */
const integer = (writer, field, value) => void writer.tag(field, WireType.Varint).int64(value);

/**
 * @param {BinaryWriter} writer
 * @param {number} field
 * @param {string} value
 */
const text = (writer, field, value) => void writer.tag(field, WireType.LengthDelimited).string(value);

/**
 * @param {BinaryWriter} writer
 * @param {number} field
 * @param {BinaryWriter} content
 */
const message = (writer, field, content) => void writer.tag(field, WireType.LengthDelimited).bytes(content.finish());
