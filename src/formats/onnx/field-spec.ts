import type { ScalarArrayConstructor } from "./scalar-list.ts";
import type { MessageName, ScalarKind } from "./schema.ts";
import { messages } from "./schema.ts";

/** One field of a message in the form the decoder uses. `key` is its name in the decoded object. */
export interface FieldSpec {
  readonly number: number;
  readonly name: string;
  readonly key: string;
  readonly repeated: boolean;
  /** The kind of one value; exactly one of `scalar` and `message` is set. */
  readonly scalar: ScalarKind | undefined;
  readonly message: MessageName | undefined;
  /** The array of a repeated numeric field; undefined for any other field. */
  readonly array: ScalarArrayConstructor | undefined;
}

export interface MessageSpec {
  /** Indexed by field number. */
  readonly fields: readonly (FieldSpec | undefined)[];
  /** What an empty message decodes to. */
  readonly blank: Readonly<Record<string, unknown>>;
}

const emptyList: readonly never[] = Object.freeze([]);

/** Kinds whose repeated fields become typed arrays; the others become plain arrays. */
const arrays: Partial<Record<ScalarKind, ScalarArrayConstructor>> = {
  int32: Int32Array,
  enum: Int32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float: Float32Array,
  double: Float64Array,
};

const specs = new Map<MessageName, MessageSpec>();

/** The fields of a message by number, and its blank form. */
export function messageSpec(message: MessageName): MessageSpec {
  const known = specs.get(message);
  if (known !== undefined) return known;
  const fields: (FieldSpec | undefined)[] = [];
  const blank: Record<string, unknown> = {};
  for (const [name, [number, kind]] of Object.entries<readonly [number, string]>(messages[message])) {
    const field = fieldSpec(name, number, kind);
    fields[number] = field;
    blank[field.key] = blankValue(field);
  }
  const spec = { fields, blank };
  specs.set(message, spec);
  return spec;
}

function fieldSpec(name: string, number: number, kind: string): FieldSpec {
  const repeated = kind.startsWith("repeated ");
  const element = repeated ? kind.slice("repeated ".length) : kind;
  const isMessage = element in messages;
  const scalar = isMessage ? undefined : (element as ScalarKind);
  return {
    number,
    name,
    key: name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    repeated,
    scalar,
    message: isMessage ? (element as MessageName) : undefined,
    array: repeated && scalar !== undefined ? arrays[scalar] : undefined,
  };
}

function blankValue({ repeated, scalar, array }: FieldSpec): unknown {
  if (array !== undefined) return new array(0);
  if (repeated) return emptyList;
  return scalar === "string" ? "" : undefined;
}
