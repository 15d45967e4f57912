import { isAbsent } from "../../../graph/leaves.ts";
import { tensorType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { optional } from "../../../ops/optional.ts";
import { optionalGet } from "../../../ops/optional-get.ts";
import { optionalHas } from "../../../ops/optional-has.ts";
import { sequence } from "../../../ops/sequence.ts";
import { sequenceAt } from "../../../ops/sequence-at.ts";
import { sequenceConcat } from "../../../ops/sequence-concat.ts";
import { sequenceErase } from "../../../ops/sequence-erase.ts";
import { sequenceInsert } from "../../../ops/sequence-insert.ts";
import { sequenceLength } from "../../../ops/sequence-length.ts";
import { sequenceSplit } from "../../../ops/sequence-split.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { requiredAttribute } from "../shape-values.ts";
import { dtypeAttribute } from "./dtype-attribute.ts";
import { givenInputs } from "./elementwise.ts";
import { sequenceMap } from "./sequence-map.ts";

/** Operators on sequences and optionals. */
export const sequences = onnxOps({
  ConcatFromSequence: ([xs], node) =>
    sequenceConcat(xs, {
      axis: requiredAttribute(node.int("axis"), "axis"),
      newAxis: node.flag("new_axis", false),
    }),
  Optional: ([content], node) => wrap(content, node),
  OptionalGetElement: ([x]) => (x.type.kind === "optional" ? optionalGet(x) : x),
  OptionalHasElement: ([x]) => optionalHas(x),
  SequenceAt: ([xs, position]) => sequenceAt(xs, position),
  SequenceConstruct: (inputs) => sequence(givenInputs(inputs)),
  SequenceEmpty: (_inputs, node) =>
    sequence([], { item: tensorType(dtypeAttribute(node, "dtype") ?? "f32", undefined) }),
  SequenceErase: ([xs, position]) => sequenceErase(xs, position),
  SequenceInsert: ([xs, item, position]) => sequenceInsert(xs, item, position),
  SequenceLength: ([xs]) => sequenceLength(xs),
  SequenceMap: sequenceMap,
  SplitToSequence: ([x, sizes], node) =>
    sequenceSplit(x, sizes, {
      axis: node.int("axis", 0),
      keepAxis: node.flag("keepdims", true) || !isAbsent(sizes),
    }),
});

function wrap(content: Value, node: OnnxNode): Value {
  const declared = node.type("type");
  if (!isAbsent(content)) return content.type.kind === "optional" ? content : optional(content);
  const item = requiredAttribute(declared, "type");
  return item.kind === "optional" ? optional(undefined, { item: item.item }) : optional(undefined, { item });
}
