import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProtoField, ProtoTree } from "../support/proto-tree.ts";
import { readTree, writeTree } from "../support/proto-tree.ts";

export const goodModel = (name: string): string => join(import.meta.dirname, "../testdata", `${name}.onnx`);
export const goodBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(goodModel(name)));

/** The messages in the fields of one name. */
export const parts = (tree: ProtoTree, name: string): ProtoTree[] =>
  tree.fields.flatMap((field) => (field.name === name && field.value.kind === "message" ? [field.value.tree] : []));

export const part = (tree: ProtoTree, name: string, at = 0): ProtoTree => parts(tree, name).at(at) as ProtoTree;

/** The nodes of an operator, in the order of the file. */
export const nodesOf = (model: ProtoTree, operator: string): ProtoTree[] =>
  parts(part(model, "graph"), "node").filter((node) => textOf(node, "op_type") === operator);

const fieldOf = (tree: ProtoTree, name: string, at = 0): ProtoField =>
  tree.fields.filter((field) => field.name === name)[at] as ProtoField;

function textOf(tree: ProtoTree, name: string): string | undefined {
  const value = fieldOf(tree, name)?.value;
  return value?.kind === "text" ? value.text : undefined;
}

export function setText(tree: ProtoTree, name: string, text: string, at = 0): void {
  fieldOf(tree, name, at).value = { kind: "text", text };
}

export function setInteger(tree: ProtoTree, name: string, value: number | bigint): void {
  fieldOf(tree, name).value = { kind: "integers", packed: false, numbers: [BigInt(value)] };
}

/** A good model after a change. */
export function changed(name: string, change: (model: ProtoTree) => void): Uint8Array {
  const model = readTree(goodBytes(name), "ModelProto");
  change(model);
  return writeTree(model);
}

/** The number of a field in onnx.proto, for fields that a file does not have yet. */
const numbers: Readonly<Record<string, number>> = { data_location: 14, external_data: 13, key: 1, value: 2 };

const text = (name: string, content: string): ProtoField => ({
  number: numbers[name] as number,
  name,
  value: { kind: "text", text: content },
});

/** conv-net with its last weights in another file. */
export function withExternalData(entries: Readonly<Record<string, string>>): Uint8Array {
  return changed("conv-net", (model) => {
    const tensor = part(part(model, "graph"), "initializer", -1);
    tensor.fields.splice(0, tensor.fields.length, ...tensor.fields.filter(({ name }) => name !== "raw_data"));
    const value: ProtoField["value"] = { kind: "integers", packed: false, numbers: [1n] };
    tensor.fields.push({ number: numbers["data_location"] as number, name: "data_location", value });
    for (const [key, value] of Object.entries(entries)) {
      const tree: ProtoTree = { message: "StringStringEntryProto", fields: [text("key", key), text("value", value)] };
      const number = numbers["external_data"] as number;
      tensor.fields.push({ number, name: "external_data", value: { kind: "message", tree } });
    }
  });
}

/** Writes files into a folder of their own: bytes, or for a link the path that it leads to. */
export function writeFiles(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string | { link: string }>>,
): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    if (typeof content === "object" && "link" in content) symlinkSync(content.link, join(folder, name));
    else writeFileSync(join(folder, name), content);
  }
}
