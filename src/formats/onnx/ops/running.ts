import { cumProd } from "../../../ops/cum-prod.ts";
import { cumSum } from "../../../ops/cum-sum.ts";
import { range } from "../../../ops/range.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";

const settings = (node: OnnxNode) => ({
  exclusive: node.flag("exclusive", false),
  reverse: node.flag("reverse", false),
});

/** Operators whose elements follow from those before them. */
export const running = onnxOps({
  CumProd: ([x, axis], node) => cumProd(x, axis, settings(node)),
  CumSum: ([x, axis], node) => cumSum(x, axis, settings(node)),
  Range: ([start, limit, delta]) => range(start, limit, delta),
});
