import { describe, expect, it } from "vitest";
import { evaluate } from "../../../graph/evaluate.ts";
import { constant } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import type { Datum } from "../../../tensor/datum.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import type { PlainDatum, PlainTensor } from "../testdata/expect-datum.ts";
import { expectDatum, toDatum } from "../testdata/expect-datum.ts";
import { testJson } from "../testdata/read.ts";
import { applyNode } from "./testing.ts";

// The nodes and what ONNX Runtime makes of them: testdata/make-nodes.py.

interface RecordedNode {
  readonly op: string;
  readonly domain: string;
  readonly opset: number;
  readonly attributes: Record<
    string,
    Record<string, number | string | null | (number | string | null)[] | PlainTensor>
  >;
  readonly inputs: PlainDatum[];
  readonly outputs: (PlainDatum | RecordedMap[])[];
}
interface RecordedMap {
  readonly keys: (string | number)[];
  readonly scalars: number[];
}

/** The kind decides between integers and floats, which JSON does not tell apart; NaN is null. */
function attributeOf(spelled: RecordedNode["attributes"][string]) {
  const [kind = "", value = null] = Object.entries(spelled)[0] ?? [];
  const element = (each: number | string | null) => {
    if (each === null) return Number.NaN;
    return kind.startsWith("int") ? BigInt(each) : each;
  };
  if (Array.isArray(value)) return value.map(element);
  return typeof value === "object" && value !== null ? (toDatum(value) as Tensor) : element(value);
}

const isMaps = (plain: PlainDatum | RecordedMap[]): plain is RecordedMap[] =>
  Array.isArray(plain) && plain[0] !== undefined && "keys" in plain[0];

function expectMaps(actual: Datum | undefined, expected: readonly RecordedMap[]): void {
  const maps = (actual as readonly ReadonlyMap<string | bigint, Tensor>[]).map((map) => ({
    keys: [...map.keys()].map((key) => (typeof key === "bigint" ? Number(key) : key)),
    scalars: [...map.values()].map(({ shape, data }) => ({ shape, value: Math.fround(Number(data[0])) })),
  }));
  const wanted = expected.map(({ keys, scalars }) => ({
    keys,
    scalars: scalars.map((value) => ({ shape: [], value: Math.fround(value) })),
  }));
  expect(maps).toEqual(wanted);
}

describe.each(testJson<RecordedNode[]>("nodes.json").map((node, i) => ({ ...node, i })))(
  "$op (node $i)",
  ({ op, domain, opset, attributes, inputs, outputs }) => {
    it("means what ONNX Runtime computes", () => {
      const given = Object.fromEntries(Object.entries(attributes).map(([name, each]) => [name, attributeOf(each)]));
      const node = { op, opset, domain, attributes: given, outputs: outputs.length };
      const results = applyNode(node, ...inputs.map((plain) => constant(toDatum(plain) as Tensor)));
      const graph = {
        name: "node",
        inputs: [],
        outputs: outputs.map((_expected, i) => ({ name: `y${i}`, value: results[i] as Value })),
      };
      const computed = evaluate(graph, []);
      for (const [i, expected] of outputs.entries()) {
        if (isMaps(expected)) expectMaps(computed[i], expected);
        else expectDatum(computed[i], expected, `output ${i}`);
      }
    });
  },
);
