import type { Random } from "../../src/tensor/random.ts";
import { createRandom } from "../../src/tensor/random.ts";
import type { ProtoField, ProtoTree } from "../support/proto-tree.ts";
import { readTree, writeTree } from "../support/proto-tree.ts";

/** Words that mean something somewhere in ONNX files, to put in place of others. */
export interface Vocabulary {
  readonly operators: readonly string[];
  /** Texts of attributes, such as "linear". */
  readonly texts: readonly string[];
}

export interface CorpusModel {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** All that a mutant depends on besides its number. */
export interface MutantSource {
  readonly corpus: readonly CorpusModel[];
  readonly vocabulary: Vocabulary;
  readonly seed: number;
}

/** The mutant of a number: one of the models, damaged. */
export function makeMutant({ corpus, vocabulary, seed }: MutantSource, number: number): CorpusModel {
  const random = createRandom(`${seed}/${number}`);
  const { name, bytes } = pick(corpus, random);
  return { name, bytes: mutate(bytes, vocabulary, random) };
}

const integers: readonly bigint[] = [
  ...[0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 64, 100, 1000, 65536, 16_777_217].flatMap((n) => [BigInt(n), BigInt(-n)]),
  ...[31n, 32n, 40n, 53n, 62n].flatMap((bits) => [1n << bits, (1n << bits) - 1n, -(1n << bits)]),
  (1n << 63n) - 1n,
  -(1n << 63n),
];
const floats = [0, -0, 1, -1, 0.5, 2, 1e-3, 100, 1e10, 1e-45, 3.4e38, Number.NaN, Infinity, -Infinity];

const pick = <T>(list: readonly T[], random: Random): T => list[random.int(0, list.length)] as T;

/** A damaged copy of a model: a few of its numbers, names or parts changed, or, once in five, any of its bytes. */
function mutate(model: Uint8Array, vocabulary: Vocabulary, random: Random): Uint8Array {
  if (random.int(0, 5) === 0) return mutateBytes(model, random);
  const tree = readTree(model, "ModelProto");
  const times = pick([1, 1, 1, 1, 2], random);
  for (let i = 0; i < times; i++) mutateTree(tree, vocabulary, random);
  return writeTree(tree);
}

function mutateBytes(model: Uint8Array, random: Random): Uint8Array {
  const bytes = [...model];
  const at = random.int(0, bytes.length);
  const kind = random.int(0, 8);
  if (kind === 0) return model.slice(0, at);
  if (kind === 1) bytes.splice(at, random.int(1, 9));
  else if (kind === 2) bytes.splice(at, 0, ...model.slice(at, at + random.int(1, 17)));
  else for (let i = random.int(0, 3); i >= 0; i--) bytes[random.int(0, bytes.length)] = random.int(0, 256);
  return Uint8Array.from(bytes);
}

interface Place {
  readonly tree: ProtoTree;
  readonly at: number;
}

function placesIn(tree: ProtoTree, places: Place[] = []): Place[] {
  tree.fields.forEach(({ value }, at) => {
    places.push({ tree, at });
    if (value.kind === "message") placesIn(value.tree, places);
  });
  return places;
}

const fieldAt = ({ tree, at }: Place): ProtoField => tree.fields[at] as ProtoField;

function mutateTree(tree: ProtoTree, vocabulary: Vocabulary, random: Random): void {
  const places = placesIn(tree);
  if (places.length === 0) return;
  const isLeaf = (place: Place) => fieldAt(place).value.kind !== "message";
  if (random.int(0, 6) === 0) changeStructure(pick(places, random), places, random);
  else {
    const leaves = places.filter(isLeaf);
    const numbers = leaves.filter((place) => fieldAt(place).value.kind !== "text");
    changeLeaf(pick(random.int(0, 3) > 0 && numbers.length > 0 ? numbers : leaves, random), places, vocabulary, random);
  }
}

/** Drops a field, doubles it, moves it, or puts a copy of a like one in its place. */
function changeStructure(place: Place, places: readonly Place[], random: Random): void {
  const { tree, at } = place;
  const field = fieldAt(place);
  const kind = random.int(0, 4);
  if (kind === 0) tree.fields.splice(at, 1);
  else if (kind === 1) tree.fields.splice(random.int(0, tree.fields.length + 1), 0, structuredClone(field));
  else if (kind === 2) tree.fields.splice(random.int(0, tree.fields.length), 0, ...tree.fields.splice(at, 1));
  else {
    const alike = places.filter((other) => fieldAt(other).name === field.name && other.tree.message === tree.message);
    tree.fields[at] = structuredClone(fieldAt(pick(alike, random)));
  }
}

function changeLeaf(place: Place, places: readonly Place[], vocabulary: Vocabulary, random: Random): void {
  const field = fieldAt(place);
  const { value } = field;
  if (value.kind === "integers") {
    changeList(value.numbers, random, (old) => pick([old + 1n, old - 1n, old * 2n, -old, ...integers], random));
  } else if (value.kind === "floats") {
    changeList(value.numbers, random, (old) => pick([old * 2, -old, ...floats], random));
  } else if (value.kind === "text") {
    field.value = { kind: "text", text: otherText(field, value.text, places, vocabulary, random) };
  } else if (value.kind === "bytes") {
    field.value = { kind: "bytes", bytes: otherBytes(field, value.bytes, vocabulary, random) };
  }
}

function changeList<T>(list: T[], random: Random, other: (old: T) => T): void {
  const at = random.int(0, list.length + 1);
  const old = list[Math.min(at, list.length - 1)];
  if (old === undefined) return;
  const kind = random.int(0, 6);
  if (kind === 0 && list.length > 1) list.splice(at, 1);
  else if (kind === 1) list.splice(at, 0, other(old));
  else list[Math.min(at, list.length - 1)] = other(old);
}

/** Another name from elsewhere in the model, another operator, or a text that nothing expects. */
function otherText(
  field: ProtoField,
  old: string,
  places: readonly Place[],
  vocabulary: Vocabulary,
  random: Random,
): string {
  const kind = random.int(0, 8);
  if (kind === 0)
    return pick(["", `${old}x`, "\u0000", "é\u{1f600}", "x".repeat(300), "__proto__", "constructor"], random);
  if (field.name === "op_type" && kind < 6) return pick(vocabulary.operators, random);
  const isName = field.name !== "op_type" && field.name !== "domain";
  const names = places.flatMap((place) => {
    const { name, value } = fieldAt(place);
    const fits = name === field.name || (isName && (name === "input" || name === "output"));
    return fits && value.kind === "text" ? [value.text] : [];
  });
  return pick(names, random);
}

/** Attribute texts become other ones; numbers in tensor data get extreme or change their length. */
function otherBytes(field: ProtoField, old: Uint8Array, vocabulary: Vocabulary, random: Random): Uint8Array {
  if (field.name !== "raw_data" && random.int(0, 4) > 0)
    return new TextEncoder().encode(pick(vocabulary.texts, random));
  const kind = random.int(0, 6);
  if (kind === 0) return old.slice(0, random.int(0, old.length + 1));
  if (kind === 1) return Uint8Array.of(...old, ...old.slice(0, random.int(1, 9)));
  const bytes = old.slice();
  const view = new DataView(bytes.buffer);
  const at = random.int(0, Math.max(1, bytes.length));
  if (kind === 2 && bytes.length >= 8)
    view.setBigInt64(Math.min(at - (at % 8), bytes.length - 8), pick(integers, random), true);
  else if (kind === 3 && bytes.length >= 4)
    view.setFloat32(Math.min(at - (at % 4), bytes.length - 4), pick(floats, random), true);
  else if (bytes.length > 0) bytes[at] = random.int(0, 256);
  return bytes;
}
