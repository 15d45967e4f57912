import type { Graph } from "../../graph/graph.ts";
import { absent, constant, input, isAbsent } from "../../graph/leaves.ts";
import { withOrigin } from "../../graph/origin.ts";
import type { Type } from "../../graph/type.ts";
import { formatType, tensorType } from "../../graph/type.ts";
import type { Value } from "../../graph/value.ts";
import { symbol } from "../../tensor/dim.ts";
import { FormatError, LimitError, within } from "../../tensor/errors.ts";
import type { ModelLimits } from "./limits.ts";
import { withDefaultLimits } from "./limits.ts";
import type { OnnxModel } from "./model.ts";
import { checkOpsets } from "./model.ts";
import type { Captures, NodeServices } from "./node.ts";
import { OnnxNode } from "./node.ts";
import type { OnnxInputs, OnnxMapping, OnnxOps } from "./onnx-op.ts";
import { findEntry, mappingAt } from "./onnx-op.ts";
import { onnxFamilies } from "./ops/index.ts";
import { nodeLabel, orderNodes } from "./order-nodes.ts";
import type { AttributeProto, FunctionProto, GraphProto, NodeProto, ValueInfoProto } from "./schema.ts";
import { CaptureSet, Scope } from "./scope.ts";
import { decodeSparseTensor } from "./sparse-tensor.ts";
import type { ExternalBytes } from "./tensor.ts";
import { decodeTensor } from "./tensor.ts";
import type { OperatorTable } from "./unsupported-ops.ts";
import { checkSupported } from "./unsupported-ops.ts";
import { typeOfProto } from "./value-type.ts";

export interface ImportOptions {
  /** Data of tensors that lie in other files. */
  readonly externalBytes?: ExternalBytes;
  readonly limits?: Partial<ModelLimits>;
  /** Mappings beyond the built-in ones; they win over those. */
  readonly families?: readonly OnnxOps[];
}

export interface ImportedModel {
  readonly graph: Graph;
  /** Oddities of the file, as sentences. */
  readonly warnings: readonly string[];
}

/**
 * Turns an ONNX model into a graph of engine operators: types inferred, functions inlined, bodies closed. Throws UnsupportedError
 * with all operators that have no mapping, FormatError or ShapeError naming the node for anything else that does not hold.
 */
export function importModel(model: OnnxModel, options: ImportOptions = {}): ImportedModel {
  return new Importer(model, options).run();
}

const maxInputs = 14;
const localKey = (domain: string, name: string, overload: string): string =>
  `${domain === "ai.onnx" ? "" : domain}:${name}:${overload}`;

class Importer {
  readonly #model: OnnxModel;
  readonly #options: ImportOptions;
  readonly #limits: ModelLimits;
  readonly #warnings: string[];
  readonly #families: readonly OnnxOps[];
  readonly #functions: ReadonlyMap<string, FunctionProto>;

  constructor(model: OnnxModel, options: ImportOptions) {
    this.#model = model;
    this.#options = options;
    this.#limits = withDefaultLimits(options.limits);
    this.#warnings = [...model.warnings];
    this.#families = [...(options.families ?? []), ...onnxFamilies];
    const { functions } = model.proto;
    this.#functions = new Map(functions.map((f) => [localKey(f.domain, f.name, f.overload), f]));
  }

  run(): ImportedModel {
    const { graph, opsets } = this.#model;
    checkOpsets(this.#model);
    checkSupported(graph.node, this.#table(opsets));
    const scope = new Scope(opsets, new Map(), 0);
    this.#defineInitializers(graph, scope);
    const declared = graph.input.filter(({ name }) => !scope.defines(name));
    const inputs = declared.map((info) => input(info.name, inputType(info), true));
    for (const [i, { name }] of declared.entries()) {
      if (scope.defines(name))
        throw new FormatError(`The graph has two inputs named "${name}". Export the model again.`);
      scope.define(name, inputs[i] as Value);
    }
    const outputs = this.#importNodes(graph, scope, "the graph");
    this.#checkDeclared([...graph.valueInfo, ...graph.output], scope);
    return { graph: { name: graph.name || "model", inputs, outputs }, warnings: [...new Set(this.#warnings)] };
  }

  #table(opsets: ReadonlyMap<string, number>): OperatorTable {
    return {
      find: (domain, opType) => this.#find(domain, opType),
      functionOf: (node) => this.#functions.get(localKey(node.domain, node.opType, node.overload)),
      versionOf: (domain) => versionOf(domain, opsets),
    };
  }

  #find(domain: string, opType: string) {
    return findEntry(this.#families, domain, opType);
  }

  #defineInitializers(graph: GraphProto, scope: Scope): void {
    const define = (name: string, make: () => Value) => scope.define(name, withOrigin(name, make));
    for (const proto of graph.initializer) {
      define(proto.name, () => constant(decodeTensor(proto, this.#options.externalBytes, this.#limits)));
    }
    for (const proto of graph.sparseInitializer) {
      define(proto.values?.name ?? "", () =>
        constant(decodeSparseTensor(proto, this.#options.externalBytes, this.#limits)),
      );
    }
  }

  #importNodes(graph: Pick<GraphProto, "node" | "output">, scope: Scope, where: string): Graph["outputs"] {
    for (const node of orderNodes(graph.node, where)) this.#importNode(node, scope);
    return graph.output.map(({ name }) => {
      const value = scope.lookup(name);
      if (value !== undefined && !isAbsent(value)) return { name, value };
      throw new FormatError(
        value === undefined
          ? `${where}: no node, input or initializer makes the output "${name}". Export the model again.`
          : `${where}: the output "${name}" comes from an input that a node leaves out. Export the model again.`,
      );
    });
  }

  #importNode(node: NodeProto, scope: Scope): void {
    const label = nodeLabel(node);
    const inputs = node.input.map((name) => {
      const value = name === "" ? absent : scope.lookup(name);
      if (value !== undefined) return value;
      throw new FormatError(
        `${node.opType} "${label}": its input "${name}" is made by no node, input or initializer. Export the model again.`,
      );
    });
    const outputs = within(`${node.opType} "${label}"`, () =>
      withOrigin(label, () => this.#apply(node, label, inputs, scope)),
    );
    node.output.forEach((name, i) => {
      if (name === "") return;
      const value = outputs[i];
      if (value === undefined) {
        throw new FormatError(
          `${node.opType} "${label}": it has ${outputs.length} output(s), but the file asks for output ${i} ("${name}"). Export the model again.`,
        );
      }
      scope.define(name, value);
    });
  }

  #apply(node: NodeProto, label: string, inputs: readonly Value[], scope: Scope): readonly (Value | undefined)[] {
    const attributes = resolveAttributes(node, scope.callAttributes);
    const called = this.#functions.get(localKey(node.domain, node.opType, node.overload));
    if (called !== undefined) return this.#call(called, inputs, attributes, scope);
    const version = versionOf(node.domain, scope.opsets);
    const entry = this.#find(node.domain, node.opType);
    const mapping = entry && mappingAt(entry, version);
    if (mapping === undefined) throw new FormatError(`opset ${version} has no such operator. Export the model again.`);
    const onnxNode = new OnnxNode(node, label, version, attributes, this.#services(scope));
    const results = applyMapping(mapping, inputs, onnxNode);
    onnxNode.checkAllRead();
    return results;
  }

  #call(f: FunctionProto, inputs: readonly Value[], attributes: ReadonlyMap<string, AttributeProto>, outer: Scope) {
    this.#checkDepth(outer);
    const defaults = f.attributeProto.map((attribute) => [attribute.name, attribute] as const);
    const opsets = new Map([
      ...outer.opsets,
      ...f.opsetImport.map(({ domain, version = 1 }) => [domain === "ai.onnx" ? "" : domain, version] as const),
    ]);
    const scope = new Scope(opsets, new Map([...defaults, ...attributes]), outer.depth + 1);
    for (const [i, name] of f.input.entries()) scope.define(name, inputs[i] ?? absent);
    const output = f.output.map((name) => ({ name }) as ValueInfoProto);
    return this.#importNodes({ node: f.node, output }, scope, `function ${f.name}`).map(({ value }) => value);
  }

  #services(scope: Scope): NodeServices {
    return {
      tensor: (proto) => decodeTensor(proto, this.#options.externalBytes, this.#limits),
      sparseTensor: (proto) => decodeSparseTensor(proto, this.#options.externalBytes, this.#limits),
      type: (proto, what) => typeOfProto(proto, what) ?? tensorType("f32", undefined),
      named: (name) => scope.lookup(name),
      captures: () => new CaptureSet(),
      body: (graph, inputs, captures) => this.#body(graph, inputs, captures, scope),
      bodyInputs: (graph) =>
        graph.input.map(({ name, type }) => ({ name, type: typeOfProto(type, `input "${name}"`) })),
      warn: (message) => this.#warnings.push(message),
    };
  }

  #body(graph: GraphProto, inputs: readonly Value[], captures: Captures, outer: Scope): Graph {
    this.#checkDepth(outer);
    const scope = new Scope(outer.opsets, outer.callAttributes, outer.depth + 1, {
      parent: outer,
      captures: captures as CaptureSet,
    });
    this.#defineInitializers(graph, scope);
    if (graph.input.length !== inputs.length) {
      throw new FormatError(
        `the body "${graph.name}" declares ${graph.input.length} inputs, but the operator gives it ${inputs.length}. Export the model again.`,
      );
    }
    for (const [i, { name }] of graph.input.entries()) scope.define(name, inputs[i] as Value);
    const outputs = this.#importNodes(graph, scope, `body "${graph.name}"`);
    return { name: graph.name || "body", inputs, outputs };
  }

  #checkDepth({ depth }: Scope): void {
    if (depth < this.#limits.maxNesting) return;
    throw new LimitError(
      `Bodies and functions are nested more than ${depth} deep (limits.maxNesting); a function that calls itself is not allowed.`,
    );
  }

  /** A declaration that says otherwise than what was inferred is a warning: the inferred type holds. */
  #checkDeclared(infos: readonly ValueInfoProto[], scope: Scope): void {
    for (const { name, type } of infos) {
      const [declared, value] = [typeOfProto(type, `"${name}"`), scope.defines(name) ? scope.lookup(name) : undefined];
      if (declared === undefined || value === undefined || !contradicts(declared, value.type)) continue;
      this.#warnings.push(
        `The file declares "${name}" as ${formatType(declared)}, but it is ${formatType(value.type)}; the declaration is ignored.`,
      );
    }
  }
}

function applyMapping(mapping: OnnxMapping, inputs: readonly Value[], node: OnnxNode): readonly (Value | undefined)[] {
  const missing = Array.from({ length: Math.max(0, maxInputs - inputs.length) }, () => absent);
  const results = mapping([...inputs, ...missing] as unknown as OnnxInputs, node);
  return Array.isArray(results) ? (results as readonly (Value | undefined)[]) : [results as Value];
}

function versionOf(domain: string, opsets: ReadonlyMap<string, number>): number {
  return opsets.get(domain === "ai.onnx" ? "" : domain) ?? 1;
}

/** The node's attributes by name; those that refer to an attribute of the function around it take its value, or are left out with it. */
function resolveAttributes(
  node: NodeProto,
  call: ReadonlyMap<string, AttributeProto>,
): ReadonlyMap<string, AttributeProto> {
  const resolved = new Map<string, AttributeProto>();
  for (const attribute of node.attribute) {
    const source = attribute.refAttrName === "" ? attribute : call.get(attribute.refAttrName);
    if (source !== undefined) resolved.set(attribute.name, source);
  }
  return resolved;
}

/** The type of a graph input; dims that the file leaves open are symbols named after it. Throws FormatError when it declares none. */
export function inputType({ name, type }: ValueInfoProto): Type {
  const prefix = name.replace(/\W+/g, "_").replace(/^(\d)/, "d$1");
  const declared = typeOfProto(type, `The input "${name}"`, (axis) => symbol(`${prefix}_${axis}`));
  if (declared !== undefined) return declared;
  throw new FormatError(`The input "${name}" declares no type. Export the model again with typed inputs.`);
}

function contradicts(declared: Type, inferred: Type): boolean {
  if (declared.kind !== inferred.kind) return true;
  if (declared.kind !== "tensor" || inferred.kind !== "tensor") return false;
  if (declared.dtype !== inferred.dtype) return true;
  if (declared.shape === undefined || inferred.shape === undefined) return false;
  if (declared.shape.length !== inferred.shape.length) return true;
  return declared.shape.some(
    (dim, i) => typeof dim === "number" && typeof inferred.shape?.[i] === "number" && dim !== inferred.shape[i],
  );
}
