import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProtoField, ProtoTree } from "../support/proto-tree.ts";
import { readTree, writeTree } from "../support/proto-tree.ts";

export const goodModel = (name: string): string => join(import.meta.dirname, "../testdata", `${name}.onnx`);

/** The messages in the fields of one name. */
const parts = (tree: ProtoTree, name: string): ProtoTree[] =>
  tree.fields.flatMap((field) => (field.name === name && field.value.kind === "message" ? [field.value.tree] : []));

/** The first message in a field of that name, on a path of names such as graph.initializer. */
export function part(tree: ProtoTree, path: string): ProtoTree {
  return path.split(".").reduce((inner, name) => parts(inner, name)[0] as ProtoTree, tree);
}

/** The first node of an operator. */
export const nodeOf = (model: ProtoTree, operator: string): ProtoTree =>
  parts(part(model, "graph"), "node").find((node) =>
    node.fields.some(({ name, value }) => name === "op_type" && value.kind === "text" && value.text === operator),
  ) as ProtoTree;

const fieldOf = (tree: ProtoTree, name: string, at = 0): ProtoField =>
  tree.fields.filter((field) => field.name === name)[at] as ProtoField;

export function setText(tree: ProtoTree, name: string, text: string, at = 0): void {
  fieldOf(tree, name, at).value = { kind: "text", text };
}

export function setInteger(tree: ProtoTree, name: string, value: bigint): void {
  fieldOf(tree, name).value = { kind: "integers", packed: false, numbers: [value] };
}

/** A good model after a change. */
export function changed(name: string, change: (model: ProtoTree) => void): Uint8Array {
  const model = readTree(new Uint8Array(readFileSync(goodModel(name))), "ModelProto");
  change(model);
  return writeTree(model);
}
