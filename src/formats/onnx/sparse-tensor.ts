import type { DType } from "../../tensor/dtype.ts";
import { bytesFor, dtypes } from "../../tensor/dtype.ts";
import { FormatError, LimitError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { allocate, tensor } from "../../tensor/tensor.ts";
import type { ModelLimits } from "./limits.ts";
import { withDefaultLimits } from "./limits.ts";
import type { SparseTensorProto } from "./schema.ts";
import type { ExternalBytes } from "./tensor.ts";
import { checkedCount, decodeTensor } from "./tensor.ts";

/**
 * The dense tensor that a SparseTensorProto stands for; elements that it does not name are zero. Indices are either linear ([n]) or
 * one coordinate row an element ([n, rank]), i64 and ascending as ONNX wants them. Its name is that of `values`. Throws FormatError
 * when indices and values do not fit, LimitError when the dense form is larger than limits.maxDenseBytes.
 */
export function decodeSparseTensor(
  proto: SparseTensorProto,
  externalBytes?: ExternalBytes,
  limits: Partial<ModelLimits> = {},
): Tensor {
  const { maxRank, maxDenseBytes } = withDefaultLimits(limits);
  const label = `"${proto.values?.name ?? ""}"`;
  if (proto.values === undefined || proto.indices === undefined) {
    const missing = proto.values === undefined ? "values" : "indices";
    throw new FormatError(`Sparse tensor ${label} has no ${missing}. Export the model again.`);
  }
  const values = decodeTensor(proto.values, externalBytes, limits);
  const count = checkedCount(label, proto.dims, maxRank);
  const bytes = Math.max(bytesFor(values.dtype, count), count);
  if (bytes > maxDenseBytes) {
    throw new LimitError(
      `Sparse tensor ${label} ${values.dtype}[${proto.dims.join(",")}] takes ${bytes} bytes when written out, more than ` +
        `limits.maxDenseBytes = ${maxDenseBytes}. If you trust the file, raise that limit (load takes it from limits.maxArenaBytes).`,
    );
  }
  const positions = linearIndices(label, proto, values, decodeTensor(proto.indices, externalBytes, limits), count);
  const data = allocate(values.dtype, count);
  positions.forEach((position, i) => {
    copyElement(values.dtype, values.data, i, data, position);
  });
  return tensor(values.dtype, proto.dims, data);
}

/** Checked positions of the elements in the row-major dense tensor. */
function linearIndices(
  label: string,
  { dims }: SparseTensorProto,
  values: Tensor,
  indices: Tensor,
  count: number,
): readonly number[] {
  const [n = -1, width] = indices.shape;
  const fits = indices.shape.length === 1 || (indices.shape.length === 2 && width === dims.length);
  if (values.shape.length !== 1 || n !== values.shape[0] || !fits || indices.dtype !== "i64") {
    throw new FormatError(
      `Sparse tensor ${label} of rank ${dims.length} has values [${values.shape.join(",")}] and indices ` +
        `${indices.dtype}[${indices.shape.join(",")}]; expected values [n] and indices i64[n] or i64[n,${dims.length}]. Export the model again.`,
    );
  }
  const coordinates = indices.data as BigInt64Array;
  const sizes = width === undefined ? [count] : dims;
  const positions: number[] = [];
  for (let i = 0; i < n; i++) {
    const position = linearIndex(label, coordinates.subarray(i * sizes.length, (i + 1) * sizes.length), sizes, i);
    if (i > 0 && position <= (positions[i - 1] as number)) {
      throw new FormatError(
        `Sparse tensor ${label}: index ${i} is not above the one before it; they must ascend. Export the model again.`,
      );
    }
    positions.push(position);
  }
  return positions;
}

function linearIndex(label: string, coordinates: BigInt64Array, sizes: readonly number[], i: number): number {
  let position = 0;
  sizes.forEach((size, axis) => {
    const coordinate = Number(coordinates[axis]);
    if (coordinate < 0 || coordinate >= size) {
      throw new FormatError(
        `Sparse tensor ${label}: index ${i} is ${coordinate} on axis ${axis}, expected 0 to ${size - 1}. Export the model again.`,
      );
    }
    position = position * size + coordinate;
  });
  return position;
}

/** Copies element `from` of one storage array to element `to` of another, which holds zeros. */
function copyElement(dtype: DType, source: Tensor["data"], from: number, target: Tensor["data"], to: number): void {
  const { bits, kind } = dtypes[dtype];
  const [s, t] = [source as Uint8Array, target as Uint8Array];
  if (kind !== "string" && bits < 8) {
    const perByte = 8 / bits;
    const value = ((s[Math.floor(from / perByte)] as number) >> ((from % perByte) * bits)) & (2 ** bits - 1);
    const at = Math.floor(to / perByte);
    t[at] = (t[at] as number) | (value << ((to % perByte) * bits));
    return;
  }
  const slots = kind === "complex" ? 2 : 1;
  for (let k = 0; k < slots; k++) t[slots * to + k] = s[slots * from + k] as number;
}
