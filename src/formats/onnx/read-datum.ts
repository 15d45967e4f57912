import type { Datum } from "../../tensor/datum.ts";
import { FormatError } from "../../tensor/errors.ts";
import type { ModelLimits } from "./limits.ts";
import type { MapProto, OptionalProto, SequenceProto, TypeProto } from "./schema.ts";
import { decodeSparseTensor } from "./sparse-tensor.ts";
import { decodeTensor } from "./tensor.ts";
import { decodeText } from "./text.ts";
import { decode } from "./wire.ts";

/** Which message a .pb file of test data holds. */
export type DatumKind = "tensor" | "sparse" | "sequence" | "optional" | "map";

/** The kind of file that a value of this type is stored as; undefined for a type that is not given, or opaque. */
export function datumKind(type: TypeProto | undefined): DatumKind | undefined {
  if (type?.tensorType !== undefined) return "tensor";
  if (type?.sparseTensorType !== undefined) return "sparse";
  if (type?.sequenceType !== undefined) return "sequence";
  if (type?.optionalType !== undefined) return "optional";
  return type?.mapType === undefined ? undefined : "map";
}

/**
 * Reads a value from a file as the ONNX tests store them: a TensorProto, SparseTensorProto (made dense), SequenceProto,
 * OptionalProto or MapProto. An optional that is there is its content, an empty one null. Integer keys of maps are bigints.
 */
export function readDatum(bytes: Uint8Array, kind: DatumKind, limits: Partial<ModelLimits> = {}): Datum {
  switch (kind) {
    case "tensor":
      return decodeTensor(decode(bytes, "TensorProto", limits), undefined, limits);
    case "sparse":
      return decodeSparseTensor(decode(bytes, "SparseTensorProto", limits), undefined, limits);
    case "sequence":
      return sequenceDatum(decode(bytes, "SequenceProto", limits), limits);
    case "optional":
      return optionalDatum(decode(bytes, "OptionalProto", limits), limits);
    case "map":
      return mapDatum(decode(bytes, "MapProto", limits), limits);
  }
}

type Limits = Partial<ModelLimits>;

/** SequenceProto.DataType and OptionalProto.DataType number their kinds alike; 0 is undefined, for an empty one. */
function sequenceDatum(proto: SequenceProto, limits: Limits): readonly Datum[] {
  switch (proto.elemType ?? 0) {
    case 0:
      return [];
    case 1:
      return proto.tensorValues.map((value) => decodeTensor(value, undefined, limits));
    case 2:
      return proto.sparseTensorValues.map((value) => decodeSparseTensor(value, undefined, limits));
    case 3:
      return proto.sequenceValues.map((value) => sequenceDatum(value, limits));
    case 4:
      return proto.mapValues.map((value) => mapDatum(value, limits));
    case 5:
      return proto.optionalValues.map((value) => optionalDatum(value, limits));
    default:
      throw unknownElement("Sequence", proto.name, proto.elemType);
  }
}

function optionalDatum(proto: OptionalProto, limits: Limits): Datum {
  switch (proto.elemType ?? 0) {
    case 0:
      return null;
    case 1:
      return whenPresent(proto.tensorValue, (value) => decodeTensor(value, undefined, limits));
    case 2:
      return whenPresent(proto.sparseTensorValue, (value) => decodeSparseTensor(value, undefined, limits));
    case 3:
      return whenPresent(proto.sequenceValue, (value) => sequenceDatum(value, limits));
    case 4:
      return whenPresent(proto.mapValue, (value) => mapDatum(value, limits));
    case 5:
      return whenPresent(proto.optionalValue, (value) => optionalDatum(value, limits));
    default:
      throw unknownElement("Optional", proto.name, proto.elemType);
  }
}

const whenPresent = <T>(value: T | undefined, read: (value: T) => Datum): Datum =>
  value === undefined ? null : read(value);

function unknownElement(what: string, name: string, elemType: number | undefined): FormatError {
  return new FormatError(
    `${what} "${name}" has elements of kind ${elemType}; 1 (tensor) to 5 (optional) are known. Write the file again.`,
  );
}

function mapDatum(proto: MapProto, limits: Limits): ReadonlyMap<string | bigint, Datum> {
  const { name, stringKeys } = proto;
  const keys: (string | bigint)[] =
    stringKeys.length > 0
      ? stringKeys.map((key, i) => decodeText(key, () => `Map "${name}", key ${i}`))
      : [...proto.keys];
  const values = proto.values === undefined ? [] : sequenceDatum(proto.values, limits);
  if (keys.length !== values.length || (stringKeys.length > 0 && proto.keys.length > 0)) {
    throw new FormatError(
      `Map "${name}" has ${proto.keys.length} integer keys, ${stringKeys.length} text keys and ${values.length} values; ` +
        "expected one key of one kind for each value. Write the file again.",
    );
  }
  return new Map(keys.map((key, i) => [key, values[i] as Datum]));
}
