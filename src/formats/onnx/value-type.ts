import type { Type } from "../../graph/type.ts";
import { optionalType, sequenceType, tensorType } from "../../graph/type.ts";
import type { Dim } from "../../tensor/dim.ts";
import { parseDim, symbol, unknownDim } from "../../tensor/dim.ts";
import { FormatError } from "../../tensor/errors.ts";
import { dataTypeToDType } from "./onnx-dtypes.ts";
import type { Message, TypeProto } from "./schema.ts";

type DimensionProto = Message<"TensorShapeProto.Dimension">;

/** Names a dim that a file leaves open: a fresh symbol for graph inputs, unknown elsewhere. */
export type OpenDim = (axis: number) => Dim;

const identifiersJoinedByMinus = /^[A-Za-z_]\w*(-\w+)+$/;

/** The dim that a `dim_param` names: an expression such as `past + 1` where it parses as one, else a symbol of that name. */
export function dimOfParam(param: string): Dim {
  const parsed = identifiersJoinedByMinus.test(param) ? undefined : parseDim(param);
  if (parsed !== undefined) return parsed;
  const cleaned = param.replace(/\W+/g, "_");
  return symbol(/^[A-Za-z_]/.test(cleaned) ? cleaned : `d${cleaned}`);
}

function dimOfProto({ dimValue, dimParam }: DimensionProto, open: Dim): Dim {
  if (dimParam !== "") return dimOfParam(dimParam);
  return dimValue === undefined || dimValue < 0 ? open : dimValue;
}

/** The type that a TypeProto declares; undefined when it says nothing. Throws FormatError for an element type that is not known. */
export function typeOfProto(
  proto: TypeProto | undefined,
  what: string,
  openDim: OpenDim = () => unknownDim,
): Type | undefined {
  if (proto === undefined) return undefined;
  const tensorProto = proto.tensorType ?? proto.sparseTensorType;
  if (tensorProto !== undefined) {
    const { elemType = 0, shape } = tensorProto;
    if (elemType === 0) return undefined;
    const dtype = dataTypeToDType(elemType);
    if (dtype === undefined)
      throw new FormatError(
        `${what} has the element type ${elemType}, which TensorProto.DataType does not know. Export the model again.`,
      );
    return tensorType(
      dtype,
      shape?.dim.map((dim, axis) => dimOfProto(dim, openDim(axis))),
    );
  }
  const item = (inner: TypeProto | undefined) => typeOfProto(inner, what) ?? tensorType("f32", undefined);
  if (proto.sequenceType !== undefined) return sequenceType(item(proto.sequenceType.elemType));
  if (proto.optionalType !== undefined) return optionalType(item(proto.optionalType.elemType));
  if (proto.mapType !== undefined) {
    const key = dataTypeToDType(proto.mapType.keyType ?? 0);
    if (key === undefined)
      throw new FormatError(
        `${what} is a map with the key type ${proto.mapType.keyType}, which is not known. Export the model again.`,
      );
    return { kind: "map", key, value: item(proto.mapType.valueType) };
  }
  return undefined;
}
