import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";

/** The shape of a tensor where its rank is known, undefined for anything else. */
export const shapeOf = ({ type }: Value): readonly Dim[] | undefined =>
  type.kind === "tensor" ? type.shape : undefined;

/** The rank of a tensor where it is known. */
export const rankOf = (value: Value): number | undefined => shapeOf(value)?.length;
