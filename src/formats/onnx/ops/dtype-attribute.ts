import type { DType } from "../../../tensor/dtype.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import { dataTypeToDType } from "../onnx-dtypes.ts";

/** The dtype that an attribute gives by its TensorProto.DataType code; undefined when it is missing or 0. */
export function dtypeAttribute(node: OnnxNode, name: string): DType | undefined {
  const code = node.int(name, 0);
  if (code === 0) return undefined;
  const dtype = dataTypeToDType(code);
  if (dtype !== undefined) return dtype;
  throw new FormatError(`attribute "${name}" is ${code}, which is no element type that TensorProto.DataType knows.`);
}

/** The same for an attribute that must be there. */
export function requiredDType(node: OnnxNode, name: string): DType {
  const dtype = dtypeAttribute(node, name);
  if (dtype !== undefined) return dtype;
  throw new FormatError(`attribute "${name}" (an element type) is missing.`);
}
