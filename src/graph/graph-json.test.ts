import { describe, expect, it } from "vitest";
import { ops } from "../ops/index.ts";
import { op } from "../ops/op.ts";
import { pick } from "../ops/pick.ts";
import { symbol } from "../tensor/dim.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import { graphToJson } from "./graph-json.ts";
import { absent, constant, input } from "./leaves.ts";
import { withOrigin } from "./origin.ts";
import { sequenceType, tensorType } from "./type.ts";
import type { Attributes, Value } from "./value.ts";

const { add, clip, topK } = ops;

describe("graphToJson", () => {
  it("lists inputs, outputs and nodes with names, types and origins", () => {
    const x = input("images.0", tensorType("f32", [symbol("N"), 3]));
    const weights = constant(
      fromNumbers(
        "f32",
        [20, 1, 1],
        Float32Array.from({ length: 20 }, (_unused, i) => i),
      ),
    );
    const low = withOrigin("/clip", () => clip(add(x, weights), absent, 6));
    const best = topK(low, [1], { axis: -1, largest: true });
    const graph = { name: "g", inputs: [x], outputs: [{ name: "ids", value: pick(best, { index: 1 }) }] };
    expect(JSON.parse(JSON.stringify(graphToJson(graph)))).toEqual({
      inputs: [{ name: "images.0", dtype: "f32", shape: ["N", 3] }],
      outputs: [{ name: "ids", dtype: "i64", shape: [20, "N", 1] }],
      nodes: [
        {
          op: "add",
          name: "%0",
          origin: "/clip",
          inputs: ["images.0", "constant f32[20,1,1] #0"],
          outputs: [{ name: "%0", dtype: "f32", shape: [20, "N", 3] }],
          attributes: {},
        },
        {
          op: "clip",
          name: "%1",
          origin: "/clip",
          inputs: ["%0", null, "f32 6"],
          outputs: [{ name: "%1", dtype: "f32", shape: [20, "N", 3] }],
          attributes: {},
        },
        {
          op: "topK",
          name: "%2",
          origin: "",
          inputs: ["%1", "[1]"],
          outputs: [
            { name: "%2.0", dtype: "f32", shape: [20, "N", 1] },
            { name: "%2.1", dtype: "i64", shape: [20, "N", 1] },
          ],
          attributes: { axis: -1, largest: true },
        },
      ],
    });
  });

  it("keeps every kind of attribute as plain data", () => {
    const x = input("x", sequenceType(tensorType("f32", undefined)));
    const body = { name: "body", inputs: [x], outputs: [{ name: "y", value: x }] };
    const infer = ([a]: readonly [Value], _attributes: Attributes) => a.type;
    const tagged = op("tagged", ["x"], { anyKind: true, infer, eval: ([a]) => a });
    const attributes = {
      a: -0,
      b: [1 / 0, Number.NaN],
      c: 5n,
      d: "text",
      e: tensorType("i8", [2]),
      f: body,
      g: fromNumbers("f32", [], [0.1]),
    };
    const graph = { name: "g", inputs: [x], outputs: [{ name: "y", value: tagged(x, attributes) }] };
    const port = { dtype: "sequence(f32[...])", shape: null };
    expect(JSON.parse(JSON.stringify(graphToJson(graph))).nodes[0].attributes).toEqual({
      a: "-0",
      b: ["inf", "nan"],
      c: "5",
      d: "text",
      e: "i8[2]",
      f: { inputs: [{ name: "x", ...port }], outputs: [{ name: "y", ...port }], nodes: [] },
      g: "f32 0.1",
    });
  });
});
