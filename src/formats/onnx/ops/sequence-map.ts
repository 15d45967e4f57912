import type { Graph } from "../../../graph/graph.ts";
import { input, isAbsent } from "../../../graph/leaves.ts";
import { sequenceType, tensorType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { loop } from "../../../ops/loop.ts";
import { sequence } from "../../../ops/sequence.ts";
import { sequenceAt } from "../../../ops/sequence-at.ts";
import { sequenceInsert } from "../../../ops/sequence-insert.ts";
import { sequenceLength } from "../../../ops/sequence-length.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { closedBody } from "./closed-body.ts";
import { givenInputs } from "./elementwise.ts";
import { tupleResults } from "./tuple-results.ts";

/** The body applied to the items of a sequence one by one, as a loop that puts its results at the end of growing sequences. */
export function sequenceMap(inputs: OnnxInputs, node: OnnxNode): readonly Value[] {
  const given = givenInputs(inputs);
  const [first] = given;
  if (first === undefined || isAbsent(first))
    throw new FormatError("the input sequence is missing. Export the model again.");
  const names = node.bodyInputs("body").map(({ name }) => name);
  const [iteration, condition] = [
    input("iteration", tensorType("i64", [])),
    input("condition", tensorType("bool", [])),
  ];
  const inner = given.map(({ type }, i) => input(names[i] ?? `input ${i}`, type));
  const items = inner.map((x) => (x.type.kind === "sequence" ? sequenceAt(x, iteration) : x));
  const captures = node.captures();
  const mapped = closedBody(node.body("body", items, captures), captures);
  const types = mapped.outputs.map(({ value }) => value.type);
  const lists = types.map((type, i) => input(`list ${i}`, sequenceType(type)));
  const body: Graph = {
    name: mapped.name,
    inputs: [iteration, condition, ...lists, ...inner, ...captures.inner],
    outputs: [
      { name: "condition", value: condition },
      ...mapped.outputs.map(({ name, value }, i) => ({
        name: `${name} list`,
        value: sequenceInsert(lists[i] as Value, value, undefined),
      })),
    ],
  };
  const empty = types.map((item) => sequence([], { item }));
  return tupleResults(
    loop([sequenceLength(first), undefined, ...empty, ...given, ...captures.outer], { body, carried: types.length }),
  );
}
