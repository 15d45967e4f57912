import { shapeEquals } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";

/** True when two tensors certainly have one dtype and one shape: one may stand for the other. */
export function sameType(a: Value, b: Value): boolean {
  const [x, y] = [a.type, b.type];
  return x.kind === "tensor" && y.kind === "tensor" && x.dtype === y.dtype && shapeEquals(x.shape, y.shape);
}
