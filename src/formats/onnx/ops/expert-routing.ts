import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { div } from "../../../ops/div.ts";
import { gatherElements } from "../../../ops/gather-elements.ts";
import { pick } from "../../../ops/pick.ts";
import { reduceSum } from "../../../ops/reduce-sum.ts";
import { softmax } from "../../../ops/softmax.ts";
import { topK } from "../../../ops/top-k.ts";
import type { OnnxNode } from "../node.ts";

/** The experts [tokens, k] that tokens are given to, and the weight of each in the token's answer. */
export interface Routing {
  readonly experts: Value;
  readonly weights: Value;
}

/**
 * The k experts with the greatest scores [tokens, experts], weighted by the softmax of the scores, or by `mixing` [tokens, experts]
 * where it is given. The weights of a token are made to add up to 1 where the node asks for it, those of scores also where
 * `isAlwaysNormalized`.
 */
export function routeTokens(scores: Value, mixing: Value, node: OnnxNode, isAlwaysNormalized: boolean): Routing {
  const k = node.int("k", 1);
  const isAsked = node.flag("normalize_routing_weights", false);
  const isNormalized = isAsked || (isAlwaysNormalized && isAbsent(mixing));
  if (node.flag("use_sparse_mixer", false)) {
    node.warn("use_sparse_mixer is left out: experts are weighted by a softmax, as onnxruntime has it on a CPU.");
  }
  const chosen = topK(softmax(scores, { axis: 1 }), [k], { axis: 1, largest: true });
  const [probabilities, experts] = [pick(chosen, { index: 0 }), pick(chosen, { index: 1 })];
  const weights = isAbsent(mixing) ? probabilities : gatherElements(mixing, experts, { axis: 1 });
  if (!isNormalized) return { experts, weights };
  return { experts, weights: div(weights, reduceSum(weights, { axes: [1], keepDims: true })) };
}
