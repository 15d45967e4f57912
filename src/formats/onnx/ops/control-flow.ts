import { knownNumbers } from "../../../graph/known-dims.ts";
import { applyGraph } from "../../../graph/substitute.ts";
import type { Type } from "../../../graph/type.ts";
import { tensorType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { conditional } from "../../../ops/conditional.ts";
import { loop } from "../../../ops/loop.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { closedBody } from "./closed-body.ts";
import { batchedScan, plainScan } from "./scans.ts";
import { steadyBody } from "./steady-body.ts";
import { tupleResults } from "./tuple-results.ts";

/** Operators with bodies: graphs within the graph, which see the values around them. */
export const controlFlow = onnxOps({
  If: ([condition], node) => branch(condition, node),
  Loop: (inputs, node) => repeat(inputs, node),
  Scan: { 8: ([lengths, ...values], node) => batchedScan(lengths, values, node), 9: plainScan },
});

/** A branch whose condition is known takes the place of the node; the other one is not even looked at. */
function branch(condition: Value, node: OnnxNode): readonly Value[] {
  const captures = node.captures();
  const known = knownNumbers(condition);
  if (known?.length === 1) {
    const [taken, other] = known[0] === 0 ? ["else_branch", "then_branch"] : ["then_branch", "else_branch"];
    node.ignore(other as string);
    return applyGraph(closedBody(node.body(taken as string, [], captures), captures), captures.outer);
  }
  const [thenBranch, elseBranch] = [node.body("then_branch", [], captures), node.body("else_branch", [], captures)];
  const attributes = { thenBranch: closedBody(thenBranch, captures), elseBranch: closedBody(elseBranch, captures) };
  return tupleResults(conditional([condition, ...captures.outer], attributes));
}

function repeat([tripCount, condition, ...values]: OnnxInputs, node: OnnxNode): readonly Value[] {
  const declared = node.bodyInputs("body");
  const carried = Math.max(0, declared.length - 2);
  const initial = values.slice(0, carried);
  const types = [
    oneElement("i64", declared[0]?.type),
    oneElement("bool", declared[1]?.type),
    ...initial.map(({ type }) => type),
  ];
  const { body, outer } = steadyBody(node, { types, carried, carriedAt: 2, resultsAt: 1 });
  return tupleResults(loop([tripCount, condition, ...initial, ...outer], { body, carried }));
}

/** A scalar, or a vector of one element where the body declares that. */
function oneElement(dtype: "i64" | "bool", declared: Type | undefined): Type {
  const isVector = declared?.kind === "tensor" && declared.shape?.length === 1;
  return tensorType(dtype, isVector ? [1] : []);
}
