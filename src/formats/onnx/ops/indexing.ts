import { compress } from "../../../ops/compress.ts";
import { gather } from "../../../ops/gather.ts";
import { gatherElements } from "../../../ops/gather-elements.ts";
import { gatherNd } from "../../../ops/gather-nd.ts";
import { nonZero } from "../../../ops/non-zero.ts";
import { oneHot } from "../../../ops/one-hot.ts";
import { scatterElements } from "../../../ops/scatter-elements.ts";
import type { ScatterReduction } from "../../../ops/scatter-into.ts";
import { scatterNd } from "../../../ops/scatter-nd.ts";
import { tensorScatter } from "../../../ops/tensor-scatter.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";

const axisOf = (node: OnnxNode, otherwise = 0) => ({ axis: node.int("axis", otherwise) });
const reductionOf = (node: OnnxNode): { reduction?: ScatterReduction } => {
  const reduction = node.choice("reduction", ["none", "add", "mul", "min", "max"], "none");
  return reduction === "none" ? {} : { reduction };
};

/** Operators that read or write at places given by indices. */
export const indexing = onnxOps({
  Compress: ([x, condition], node) => compress(x, condition, node.has("axis") ? axisOf(node) : {}),
  Gather: ([x, indices], node) => gather(x, indices, axisOf(node)),
  GatherElements: ([x, indices], node) => gatherElements(x, indices, axisOf(node)),
  GatherND: ([x, indices], node) => gatherNd(x, indices, { batchDims: node.int("batch_dims", 0) }),
  NonZero: ([x]) => nonZero(x),
  OneHot: ([indices, depth, values], node) => oneHot(indices, depth, values, axisOf(node, -1)),
  Scatter: ([x, indices, updates], node) => scatterElements(x, indices, updates, axisOf(node)),
  ScatterElements: ([x, indices, updates], node) =>
    scatterElements(x, indices, updates, { ...axisOf(node), ...reductionOf(node) }),
  ScatterND: ([x, indices, updates], node) => scatterNd(x, indices, updates, reductionOf(node)),
  TensorScatter: ([cache, update, starts], node) => {
    const circular = node.choice("mode", ["linear", "circular"], "linear") === "circular";
    return tensorScatter(cache, update, starts, undefined, { ...axisOf(node, -2), circular });
  },
});
