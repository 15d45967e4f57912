import { describe, expect, it } from "vitest";
import { contextFor } from "../graph/evaluate.ts";
import { constant, input } from "../graph/leaves.ts";
import type { Op } from "../graph/op.ts";
import { sequenceType, tensorType } from "../graph/type.ts";
import type { Attributes } from "../graph/value.ts";
import type { Datum } from "../tensor/datum.ts";
import type { DType } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, scalar } from "../tensor/numbers.ts";
import { zeros } from "../tensor/tensor.ts";
import { ops } from "./index.ts";

/** Operators whose operands may be sequences, optionals, maps or anything. */
const ofAnyKind = [
  "castMap",
  "conditional",
  "dictVectorize",
  "loop",
  "optional",
  "optionalGet",
  "optionalHas",
  "scan",
  "sequence",
  "sequenceAt",
  "sequenceConcat",
  "sequenceErase",
  "sequenceInsert",
  "sequenceLength",
];

describe("operands that are no tensors", () => {
  const strangers = [
    input("s", sequenceType(tensorType("f32", undefined))),
    input("o", { kind: "optional", item: tensorType("i64", []) }),
    input("m", { kind: "map", key: "i64", value: tensorType("f32", []) }),
  ];
  const others = (Object.values(ops) as readonly Op[]).filter(({ name }) => !ofAnyKind.includes(name));

  it.each(others.filter(({ operandNames }) => operandNames.length > 0))("$name refuses them by name", (op) => {
    op.operandNames.forEach((operandName, at) => {
      const name = operandName.startsWith("...") ? `${operandName.slice(3)}[0]` : operandName.replace("?", "");
      for (const stranger of strangers) {
        const operands = op.operandNames.map((_name, i) => (i === at ? stranger : constant(scalar("f32", 1))));
        const infer = () => op.infer(operands, {});
        expect(infer).toThrow(ShapeError);
        expect(infer).toThrow(`${name} must be a tensor, got ${stranger.type.kind}(`);
      }
    });
  });
});

/** Operators with operands of one element: the dtypes of the operands, and the names of those. */
const scalars: readonly [op: Op, attributes: Attributes, dtypes: readonly DType[], names: readonly string[]][] = [
  [ops.bifurcation, { minNgram: 1, maxNgram: 2 }, ["i64", "i64", "i64"], ["previous"]],
  [ops.clip, {}, ["f32", "f32", "f32"], ["min", "max"]],
  [ops.clip, {}, ["i64", "i64", "i64"], ["min", "max"]],
  [ops.cosineWindow, { coefficients: [1], periodic: true, dtype: "f32" }, ["i64"], ["size"]],
  [ops.cumSum, {}, ["f32", "i64"], ["axis"]],
  [ops.dft, {}, ["f32", "i64", "i64"], ["length", "axis"]],
  [ops.lookup, {}, ["f32", "f32", "f32", "f32"], ["otherwise"]],
  [
    ops.melWeightMatrix,
    { dtype: "f32" },
    ["i64", "i64", "i64", "f32", "f32"],
    ["melBins", "dftLength", "sampleRate", "lowerHertz", "upperHertz"],
  ],
  [ops.nonMaxSuppression, {}, ["f32", "f32", "i64", "f32", "f32"], ["limit", "overlap", "least"]],
  [ops.oneHot, { axis: -1 }, ["i64", "i64", "f32"], ["depth"]],
  [ops.pad, { mode: "constant" }, ["f32", "i64", "f32"], ["value"]],
  [ops.range, {}, ["i64", "i64", "i64"], ["start", "limit", "delta"]],
  [ops.sequenceAt, {}, ["f32", "i64"], ["position"]],
  [ops.sequenceErase, {}, ["f32", "i64"], ["position"]],
  [ops.sequenceInsert, {}, ["f32", "f32", "i64"], ["position"]],
  [ops.stft, { onesided: true }, ["f32", "i64", "f32", "i64"], ["step", "frameLength"]],
  [ops.topK, { axis: 0, largest: true }, ["f32", "i64"], ["k"]],
  [ops.trilu, { upper: true }, ["f32", "i64"], ["k"]],
];

/** For the operands beside the one that is looked at: a tensor or list that none of the operators above stumbles over before. */
const beside: Record<string, (dtype: DType) => Datum> = {
  x: (dtype) => zeros(dtype, [1, 1]),
  signal: (dtype) => zeros(dtype, [1, 1, 1]),
  boxes: (dtype) => zeros(dtype, [1, 1, 4]),
  scores: (dtype) => zeros(dtype, [1, 1, 1]),
  pads: (dtype) => fromNumbers(dtype, [4], [0, 1, 0, 1]),
  sequence: (dtype) => [scalar(dtype, 1)],
  keys: (dtype) => zeros(dtype, [1]),
  values: (dtype) => zeros(dtype, [1]),
  window: (dtype) => zeros(dtype, [1]),
};
const besideOthers = (dtype: DType): Datum => scalar(dtype, 1);

const named = scalars.map(([op, ...rest]) => [op.name, op, ...rest] as const);

describe.each(named)("%s", (_name, op, attributes, dtypes, names) => {
  it.each(names)("refuses data of no element or two as %s", (name) => {
    for (const count of [0, 2]) {
      const inputs = dtypes.map((dtype, i) => {
        const operand = op.operandNames[i]?.replace("?", "") ?? "";
        return operand === name ? zeros(dtype, [count]) : (beside[operand] ?? besideOthers)(dtype);
      });
      const evaluate = () => op.eval(inputs, attributes, contextFor(new Map()));
      expect(evaluate).toThrow(ShapeError);
      expect(evaluate).toThrow(`${name} must have one element, got shape [${count}].`);
    }
  });
});
