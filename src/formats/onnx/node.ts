import type { Graph } from "../../graph/graph.ts";
import type { Type } from "../../graph/type.ts";
import type { Value } from "../../graph/value.ts";
import { FormatError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Message } from "./schema.ts";
import { InlineCaptures } from "./scope.ts";

export type NodeProto = Message<"NodeProto">;
export type AttributeProto = Message<"AttributeProto">;
export type GraphProto = Message<"GraphProto">;

/** Values that a body takes from the graph around it, each as one input of the body. Two bodies of one node may share a set. */
export interface Captures {
  /** Values of the outer graph, in the order in which they were met. */
  readonly outer: readonly Value[];
  /** The inputs that stand for them inside. */
  readonly inner: readonly Value[];
}

/** What a node needs from the importer. */
export interface NodeServices {
  tensor(proto: Message<"TensorProto">): Tensor;
  sparseTensor(proto: Message<"SparseTensorProto">): Tensor;
  type(proto: Message<"TypeProto">, what: string): Type;
  /** The value of a name in force where the node stands. */
  named(name: string): Value | undefined;
  captures(): Captures;
  body(graph: GraphProto, inputs: readonly Value[], captures: Captures): Graph;
  /** The declared types of a body's inputs, undefined where the file does not say. */
  bodyInputs(graph: GraphProto): readonly { readonly name: string; readonly type: Type | undefined }[];
  warn(message: string): void;
}

const text = new TextDecoder();

/**
 * One node of an ONNX file as a mapping sees it: attributes by name with their defaults, each checked for its kind. Attributes
 * that a mapping never asks for are an error of the file, so a mapping names those it does not need by `ignore`.
 */
export class OnnxNode {
  readonly opType: string;
  readonly domain: string;
  /** The opset version of the operator's domain. */
  readonly version: number;
  readonly name: string;
  readonly outputNames: readonly string[];
  readonly #attributes: ReadonlyMap<string, AttributeProto>;
  readonly #services: NodeServices;
  readonly #read = new Set<string>();

  constructor(
    proto: NodeProto,
    name: string,
    version: number,
    attributes: ReadonlyMap<string, AttributeProto>,
    services: NodeServices,
  ) {
    this.opType = proto.opType;
    this.domain = proto.domain;
    this.version = version;
    this.name = name;
    this.outputNames = proto.output;
    this.#attributes = attributes;
    this.#services = services;
  }

  /** True when the graph uses (or at least names) output `index`. */
  wants(index: number): boolean {
    return (this.outputNames[index] ?? "") !== "";
  }

  has(name: string): boolean {
    this.#read.add(name);
    return this.#attributes.has(name);
  }

  /** What kind of data an attribute holds; undefined when the node does not have it. */
  kindOf(name: string): "float" | "int" | "string" | "floats" | "ints" | "strings" | "other" | undefined {
    const attribute = this.#find(name);
    if (attribute === undefined) return undefined;
    const kinds = { 1: "float", 2: "int", 3: "string", 6: "floats", 7: "ints", 8: "strings" } as const;
    return kinds[attribute.type as keyof typeof kinds] ?? "other";
  }

  /** Attributes that say nothing here: hints for other engines, or settings that another attribute overrides. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#read.add(name);
  }

  int(name: string): number | undefined;
  int(name: string, otherwise: number): number;
  int(name: string, otherwise?: number): number | undefined {
    const i = this.#get(name, "i");
    return i === undefined ? otherwise : toSafeInteger(i, name);
  }

  /** An integer attribute that is used as a truth value. */
  flag(name: string, otherwise: boolean): boolean {
    const i = this.#get(name, "i");
    return i === undefined ? otherwise : i !== 0n;
  }

  /** An integer attribute that may be any 64-bit number. */
  bigint(name: string): bigint | undefined {
    return this.#get(name, "i");
  }

  float(name: string): number | undefined;
  float(name: string, otherwise: number): number;
  /** Float attributes are f32, and so the default is rounded to f32 as the same number in a file would be. */
  float(name: string, otherwise?: number): number | undefined {
    return this.#get(name, "f") ?? (otherwise === undefined ? undefined : Math.fround(otherwise));
  }

  string(name: string): string | undefined;
  string<S extends string>(name: string, otherwise: S): string;
  string(name: string, otherwise?: string): string | undefined {
    const bytes = this.#get(name, "s");
    return bytes === undefined ? otherwise : text.decode(bytes);
  }

  /** A string attribute that must be one of a few words. */
  choice<S extends string>(name: string, choices: readonly S[], otherwise: S): S {
    const chosen = this.string(name, otherwise);
    if ((choices as readonly string[]).includes(chosen)) return chosen as S;
    throw new FormatError(`attribute "${name}" must be one of ${choices.join(", ")}, got "${chosen}".`);
  }

  ints(name: string): readonly number[] | undefined;
  ints(name: string, otherwise: readonly number[]): readonly number[];
  ints(name: string, otherwise?: readonly number[]): readonly number[] | undefined {
    const ints = this.#list(name, "ints");
    return ints === undefined ? otherwise : Array.from(ints, (i) => toSafeInteger(i, name));
  }

  bigints(name: string): readonly bigint[] | undefined {
    const ints = this.#list(name, "ints");
    return ints && Array.from(ints);
  }

  floats(name: string): readonly number[] | undefined {
    const floats = this.#list(name, "floats");
    return floats && Array.from(floats);
  }

  strings(name: string): readonly string[] | undefined {
    return this.#list(name, "strings")?.map((bytes) => text.decode(bytes));
  }

  tensor(name: string): Tensor | undefined {
    const t = this.#get(name, "t");
    return t && this.#services.tensor(t);
  }

  sparseTensor(name: string): Tensor | undefined {
    const t = this.#get(name, "sparseTensor");
    return t && this.#services.sparseTensor(t);
  }

  type(name: string): Type | undefined {
    const tp = this.#get(name, "tp");
    return tp && this.#services.type(tp, `attribute "${name}"`);
  }

  /** The value of a name in force where the node stands, for operators that name values in attributes. */
  named(name: string): Value | undefined {
    return this.#services.named(name);
  }

  /** A fresh set of captures, to be passed to the bodies of this node. */
  captures(): Captures {
    return this.#services.captures();
  }

  /** The declared inputs of a body. */
  bodyInputs(name: string): ReturnType<NodeServices["bodyInputs"]> {
    return this.#services.bodyInputs(this.#body(name));
  }

  /** Imports the body `name` over `inputs` (made by `input`); its graph lists those only: add the captures when all bodies are imported. */
  body(name: string, inputs: readonly Value[], captures: Captures): Graph {
    return this.#services.body(this.#body(name), inputs, captures);
  }

  /** Imports the body `name` into the graph around it, over any values, and returns its outputs. */
  inline(name: string, inputs: readonly Value[]): readonly Value[] {
    return this.#services.body(this.#body(name), inputs, new InlineCaptures()).outputs.map(({ value }) => value);
  }

  /** Notes something odd in the file that does not change the answer. */
  warn(message: string): void {
    this.#services.warn(`${this.opType} "${this.name}": ${message}`);
  }

  /** Throws FormatError naming the attributes that the mapping did not ask for. */
  checkAllRead(): void {
    const unknown = [...this.#attributes.keys()].filter((name) => !this.#read.has(name));
    if (unknown.length === 0) return;
    const known = [...this.#read].sort().join(", ") || "none";
    throw new FormatError(
      `${this.opType} of opset ${this.version} has no attribute ${unknown.map((name) => `"${name}"`).join(", ")}; it has: ${known}. Export the model again for one opset throughout.`,
    );
  }

  #body(name: string): GraphProto {
    const g = this.#get(name, "g");
    if (g === undefined) throw new FormatError(`attribute "${name}" (a graph) is missing.`);
    return g;
  }

  #get<K extends "i" | "f" | "s" | "t" | "g" | "tp" | "sparseTensor">(
    name: string,
    field: K,
  ): AttributeProto[K] | undefined {
    const attribute = this.#find(name);
    if (attribute === undefined) return undefined;
    const value = attribute[field];
    if (value !== undefined) return value;
    // proto3 writers leave out fields that hold zero; the declared type then tells that the field is meant.
    if (field === "i" && attribute.type === 2) return 0n as AttributeProto[K];
    if (field === "f" && attribute.type === 1) return 0 as AttributeProto[K];
    if (field === "s" && attribute.type === 3) return new Uint8Array() as AttributeProto[K];
    throw wrongKind(name, field, attribute.type);
  }

  #list<K extends "ints" | "floats" | "strings">(name: string, field: K): AttributeProto[K] | undefined {
    const attribute = this.#find(name);
    if (attribute === undefined) return undefined;
    if (attribute.type === undefined || attribute.type === kinds[field]) return attribute[field];
    throw wrongKind(name, field, attribute.type);
  }

  #find(name: string): AttributeProto | undefined {
    this.#read.add(name);
    return this.#attributes.get(name);
  }
}

/** What messages call each AttributeType of the format, by its number. */
const kindNames = [
  "of no kind",
  ...["a float", "an integer", "a string", "a tensor", "a graph"],
  ...["a list of floats", "a list of integers", "a list of strings", "a list of tensors", "a list of graphs"],
  ...["a sparse tensor", "a list of sparse tensors", "a type", "a list of types"],
];
/** The AttributeType that goes with each field of an attribute. */
const kinds = { f: 1, i: 2, s: 3, t: 4, g: 5, floats: 6, ints: 7, strings: 8, sparseTensor: 11, tp: 13 } as const;

function wrongKind(name: string, field: keyof typeof kinds, type = 0): FormatError {
  const got = type === kinds[field] ? "empty" : (kindNames[type] ?? `of the unknown kind ${type}`);
  return new FormatError(
    `attribute "${name}" must be ${kindNames[kinds[field]]}, but is ${got}. Export the model again.`,
  );
}

function toSafeInteger(i: bigint, name: string): number {
  const number = Number(i);
  if (Number.isSafeInteger(number)) return number;
  throw new FormatError(`attribute "${name}" is ${i}, beyond the integers that a size or an axis can have.`);
}
