import type { DType } from "../../tensor/dtype.ts";
import { bytesFor, dtypes } from "../../tensor/dtype.ts";
import { FormatError, LimitError, UnsupportedError } from "../../tensor/errors.ts";
import type { StoredBytes } from "../../tensor/stored-bytes.ts";
import { readAll } from "../../tensor/stored-bytes.ts";
import { storedTensor } from "../../tensor/stored-tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { allocate, storageLength, tensor } from "../../tensor/tensor.ts";
import type { ModelLimits } from "./limits.ts";
import { withDefaultLimits } from "./limits.ts";
import { dataTypeToDType, onnxDTypes } from "./onnx-dtypes.ts";
import type { TensorProto } from "./schema.ts";
import { decodeText } from "./text.ts";

/** The bytes of tensors that the model keeps in other files, as loadExternalData returns them. */
export type ExternalBytes = ReadonlyMap<TensorProto, Uint8Array | StoredBytes>;

/** What a TensorProto says of itself, checked, without its data. */
export interface TensorHeader {
  /** For messages: the name in quotes, or "(unnamed)". */
  readonly label: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly count: number;
  /** Bytes of the data; 0 for strings. */
  readonly bytes: number;
}

/** TensorProto.DataLocation */
const external = 1;

/** True for a tensor whose data lies in another file. */
export const isExternal = (proto: TensorProto): boolean => proto.dataLocation === external;

/** Checks dtype and dims of a tensor; reads and allocates no data. */
export function tensorHeader(proto: TensorProto, limits: Partial<ModelLimits> = {}): TensorHeader {
  const { dataType = 0, dims, segment } = proto;
  const label = proto.name === "" ? "(unnamed)" : `"${proto.name}"`;
  const dtype = dataTypeToDType(dataType);
  if (dtype === undefined) throw unknownDataType(label, dataType);
  if (segment !== undefined) {
    throw new UnsupportedError(
      `Tensor ${label} is a segment of a larger one, which no known writer makes. Save the model again with whole tensors.`,
    );
  }
  const count = checkedCount(label, dims, withDefaultLimits(limits).maxRank);
  return { label, dtype, shape: dims, count, bytes: bytesFor(dtype, count) };
}

/** The number of elements of dims from a file. Throws when one is negative, or when their product is beyond 2^53. */
export function checkedCount(label: string, dims: readonly number[], maxRank: number): number {
  const shape = () => `[${dims.join(",")}]`;
  if (dims.length > maxRank) {
    throw new LimitError(
      `Tensor ${label} has ${dims.length} dims, more than limits.maxRank = ${maxRank}. If you trust the file, raise that limit.`,
    );
  }
  let product = 1;
  for (const dim of dims) {
    if (dim < 0)
      throw new FormatError(
        `Tensor ${label} has the shape ${shape()}; dims must be 0 or more. Export the model again.`,
      );
    if (dim > 0) product *= dim;
  }
  // Zero dims are left out of the product, so that strides computed from the other dims stay exact too.
  if (product > Number.MAX_SAFE_INTEGER) {
    throw new FormatError(
      `Tensor ${label} has the shape ${shape()}, which is more than 2^53 elements. Export the model again.`,
    );
  }
  return dims.includes(0) ? 0 : product;
}

/**
 * The tensor that a TensorProto holds, from raw bytes, typed fields or `externalBytes`. Data is a view of the file where its
 * alignment allows, else a copy of this tensor alone; what stayed in a file is read from there each time. Bytes are taken as little-endian, as
 * this machine must be. Throws FormatError, naming the tensor, when the data does not fit its dtype and shape; nothing is allocated before that
 * check.
 */
export function decodeTensor(
  proto: TensorProto,
  externalBytes?: ExternalBytes,
  limits: Partial<ModelLimits> = {},
): Tensor {
  const header = tensorHeader(proto, limits);
  const { dtype, shape } = header;
  if (dtype === "string") return tensor(dtype, shape, stringElements(proto, header));
  const raw = isExternal(proto) ? loadedBytes(proto, header, externalBytes) : proto.rawData;
  const isRaw = raw !== undefined && (raw.length > 0 || typedLength(proto) === 0);
  if (isRaw) return rawTensor(raw, proto, header);
  return tensor<DType>(dtype, shape, typedElements(proto, header) as Tensor["data"]);
}

function unknownDataType(label: string, dataType: number): FormatError | UnsupportedError {
  if (dataType === 27 || dataType === 28) {
    return new UnsupportedError(
      `Tensor ${label} has the 6-bit float type ${dataType === 27 ? "FLOAT6E2M3" : "FLOAT6E3M2"}, which is not supported. ` +
        "Export the model with another dtype.",
    );
  }
  return new FormatError(
    `Tensor ${label} has the data type ${dataType}; TensorProto.DataType knows 1 (FLOAT) to 26 (INT2). Export the model again.`,
  );
}

const describe = ({ label, dtype, shape }: TensorHeader): string => `Tensor ${label} ${dtype}[${shape.join(",")}]`;

function misfit(header: TensorHeader, needs: string, has: string): FormatError {
  return new FormatError(
    `${describe(header)} needs ${needs}, but ${has}. The file is damaged, or was saved without its weights: export it again.`,
  );
}

function typedLength(proto: TensorProto): number {
  const { floatData, int32Data, int64Data, uint64Data, doubleData, stringData } = proto;
  return [floatData, int32Data, int64Data, uint64Data, doubleData, stringData].reduce(
    (sum, { length }) => sum + length,
    0,
  );
}

function loadedBytes(proto: TensorProto, header: TensorHeader, externalBytes: ExternalBytes | undefined) {
  const bytes = externalBytes?.get(proto);
  if (bytes !== undefined) return bytes;
  const location = proto.externalData.find(({ key }) => key === "location")?.value ?? "";
  throw new FormatError(
    `${describe(header)} lies in the external file "${location}", which has not been loaded. ` +
      "Load the model by its path, or pass its external data.",
  );
}

function rawTensor(raw: Uint8Array | StoredBytes, proto: TensorProto, header: TensorHeader): Tensor {
  const { dtype, shape, count, bytes } = header;
  if (typedLength(proto) > 0) {
    throw new FormatError(
      `${describe(header)} has both raw and typed data; only one may be there. Export the model again.`,
    );
  }
  if (raw.length !== bytes) throw misfit(header, `${bytes} bytes`, `its data has ${raw.length}`);
  if (!(raw instanceof Uint8Array) && dtype !== "bool" && dtype !== "string") return storedTensor(dtype, shape, raw);
  const held = raw instanceof Uint8Array ? raw : readAll(raw);
  return tensor<DType>(dtype, shape, rawElements(held, dtype, count) as Tensor["data"]);
}

function rawElements(raw: Uint8Array, dtype: DType, count: number): ArrayBufferView {
  if (dtype === "bool") return normalizedBools(raw);
  const array = dtypes[dtype].array as Uint8ArrayConstructor;
  const length = storageLength(dtype, count);
  if (raw.byteOffset % array.BYTES_PER_ELEMENT === 0) return new array(raw.buffer, raw.byteOffset, length);
  return new array(new Uint8Array(raw).buffer);
}

/** Bytes as they are when all are 0 or 1, else a copy in which any other value is 1. */
function normalizedBools(raw: Uint8Array): Uint8Array {
  return raw.some((byte) => byte > 1) ? raw.map((byte) => (byte === 0 ? 0 : 1)) : raw;
}

/** Elements out of the typed field of the dtype; narrower integers wrap, as in the ONNX reference. */
function typedElements(proto: TensorProto, header: TensorHeader): ArrayBufferView {
  const { dtype, count } = header;
  const { field } = onnxDTypes[dtype];
  const values = proto[field] as Exclude<TensorProto[typeof field], readonly Uint8Array[]>;
  const slots = storageLength(dtype, count);
  if (values.length !== slots) {
    const elsewhere = typedLength(proto) - values.length;
    const has = `${snake(field)} has ${values.length}${elsewhere > 0 ? ` and other fields have ${elsewhere}` : ""}`;
    throw misfit(header, `${slots} entries of ${snake(field)} or ${header.bytes} bytes of raw_data`, has);
  }
  if (values instanceof dtypes[dtype].array) return values;
  if (dtype === "bool") return Uint8Array.from(values as Int32Array, (value) => (value === 0 ? 0 : 1));
  const data = allocate(dtype, count) as Uint8Array;
  for (let i = 0; i < slots; i++) data[i] = Number(values[i]);
  return data;
}

const snake = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function stringElements(proto: TensorProto, header: TensorHeader): string[] {
  const { stringData } = proto;
  if (isExternal(proto) || (proto.rawData?.length ?? 0) > 0) {
    throw new FormatError(
      `${describe(header)} keeps its strings as raw bytes, which ONNX does not allow. Export the model again.`,
    );
  }
  if (stringData.length !== header.count) {
    throw misfit(header, `${header.count} entries of string_data`, `it has ${stringData.length}`);
  }
  return stringData.map((bytes, i) => decodeText(bytes, () => `${describe(header)}, element ${i}`));
}
