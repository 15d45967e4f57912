import { dimsOfType } from "../graph/dims-of-type.ts";
import type { Graph } from "../graph/graph.ts";
import { knownDims } from "../graph/known-dims.ts";
import { dims, dimsOp } from "../graph/leaves.ts";
import { withOrigin } from "../graph/origin.ts";
import { substitute } from "../graph/substitute.ts";
import { topological } from "../graph/topological.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { dimToString, followsFrom, hasElements, isUnknownDim } from "../tensor/dim.ts";

/**
 * The graph with literals of dims in place of i64 vectors that follow from its shapes, where these depend on elements of inputs: a plan is
 * made for those shapes, so that such a literal makes it no narrower. Vectors that say more than the shapes stay as they are.
 */
export function settleSizes(graph: Graph): Graph {
  if (graph.inputs.every((value) => knownDims(value) === undefined)) return graph;
  const roots = graph.outputs.map(({ value }) => value);
  const values = topological(roots);
  const sizes = sizesOf(values);
  if (sizes.length === 0) return graph;
  const literals = new Map<Value, Value>();
  for (const value of values) {
    const known = settledDims(value, sizes);
    if (known !== undefined)
      literals.set(
        value,
        withOrigin(value.origin, () => dims(known)),
      );
  }
  const settled = substitute(roots, literals);
  return { ...graph, outputs: graph.outputs.map(({ name }, i) => ({ name, value: settled[i] as Value })) };
}

/** The sizes that depend on elements of inputs, each once. */
function sizesOf(values: readonly Value[]): readonly Dim[] {
  const found = new Map<string, Dim>();
  for (const dim of values.flatMap(({ type }) => dimsOfType(type))) {
    if (hasElements(dim)) found.set(dimToString(dim), dim);
  }
  return [...found.values()];
}

function settledDims(value: Value, sizes: readonly Dim[]): readonly Dim[] | undefined {
  const { op, type } = value;
  if (op === dimsOp || type.kind !== "tensor" || type.dtype !== "i64" || type.shape?.length !== 1) return undefined;
  const known = knownDims(value);
  if (known === undefined || known.some(isUnknownDim) || !known.some(hasElements)) return undefined;
  return known.every((dim) => !hasElements(dim) || sizes.some((size) => followsFrom(dim, size))) ? known : undefined;
}
