import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { dequantizeLinear } from "../../../ops/dequantize-linear.ts";
import { gru } from "../../../ops/gru.ts";
import { lstm } from "../../../ops/lstm.ts";
import { mul } from "../../../ops/mul.ts";
import { pick } from "../../../ops/pick.ts";
import type { RecurrentAttributes } from "../../../ops/recurrent.ts";
import { rnn } from "../../../ops/rnn.ts";
import { sub } from "../../../ops/sub.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { transpose } from "../../../ops/transpose.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { castTo } from "./precision.ts";
import { dynamicQuantize } from "./quantization.ts";
import { tupleResults } from "./tuple-results.ts";

/** The attributes that all three layers have; `usual` are the activations of one direction when none are named. */
export function recurrentAttributes(node: OnnxNode, r: Value, usual: readonly string[]): RecurrentAttributes {
  node.ignore("output_sequence");
  const direction = node.choice("direction", ["forward", "reverse", "bidirectional"], "forward");
  const hidden = r.type.kind === "tensor" ? r.type.shape?.[2] : undefined;
  const declared = node.int("hidden_size") ?? hidden;
  if (typeof hidden === "number" && declared !== hidden) {
    throw new FormatError(`hidden_size is ${declared} but the recurrent weights are made for ${hidden}.`);
  }
  const named = node.strings("activations")?.map((name) => name.toLowerCase());
  return {
    direction,
    activations: named ?? (direction === "bidirectional" ? [...usual, ...usual] : usual),
    alphas: node.floats("activation_alpha"),
    betas: node.floats("activation_beta"),
    clip: node.float("clip"),
  };
}

/** Puts the batch second (`swap` a permutation that moves it), where layout 1 has it first. */
const swapped = (value: Value, isBatchFirst: boolean, permutation: readonly number[]): Value =>
  isBatchFirst && !isAbsent(value) ? transpose(value, { permutation }) : value;

const batchSecond = [1, 0, 2] as const;

/** Takes the results of a layer apart: y and the final states, in the layout that the node asks for. */
function results(layer: Value, states: number, isBatchFirst: boolean): Value[] {
  const y = swapped(pick(layer, { index: 0 }), isBatchFirst, [2, 0, 1, 3]);
  const finals = Array.from({ length: states }, (_unused, i) =>
    swapped(pick(layer, { index: i + 1 }), isBatchFirst, batchSecond),
  );
  return [y, ...finals];
}

export const recurrent = onnxOps({
  GRU: ([x, w, r, bias, sequenceLens, initialH], node) => {
    const isBatchFirst = node.flag("layout", false);
    const linearBeforeReset = node.flag("linear_before_reset", false);
    const attributes = { ...recurrentAttributes(node, r, ["sigmoid", "tanh"]), linearBeforeReset };
    const [first, start] = [swapped(x, isBatchFirst, batchSecond), swapped(initialH, isBatchFirst, batchSecond)];
    return results(gru(first, w, r, bias, sequenceLens, start, attributes), 1, isBatchFirst);
  },
  LSTM: ([x, w, r, bias, sequenceLens, initialH, initialC, peepholes], node) => {
    const isBatchFirst = node.flag("layout", false);
    const coupled = node.flag("input_forget", false);
    const attributes = { ...recurrentAttributes(node, r, ["sigmoid", "tanh", "tanh"]), coupled };
    const [first, h, c] = [x, initialH, initialC].map((value) => swapped(value, isBatchFirst, batchSecond)) as [
      Value,
      Value,
      Value,
    ];
    return results(lstm(first, w, r, bias, sequenceLens, h, c, peepholes, attributes), 2, isBatchFirst);
  },
  RNN: ([x, w, r, bias, sequenceLens, initialH], node) => {
    const isBatchFirst = node.flag("layout", false);
    const attributes = recurrentAttributes(node, r, ["tanh"]);
    const [first, start] = [swapped(x, isBatchFirst, batchSecond), swapped(initialH, isBatchFirst, batchSecond)];
    return results(rnn(first, w, r, bias, sequenceLens, start, attributes), 1, isBatchFirst);
  },
});

/** The weights of one direction after the other, from 8-bit integers [directions, inputs, rows] with scales a direction or a row. */
function dequantized(weights: Value, scale: Value, zeroPoint: Value): Value {
  const spread = (parameter: Value): Value =>
    unsqueeze(parameter, operandShape(parameter, "a scale or zero point")?.length === 1 ? [1, 2] : [1]);
  const wide = castTo(weights, "f32");
  const centred = isAbsent(zeroPoint) ? wide : sub(wide, spread(castTo(zeroPoint, "f32")));
  return transpose(mul(centred, spread(scale)), { permutation: [0, 2, 1] });
}

export const microsoftRecurrent = onnxOps(
  {
    DynamicQuantizeLSTM: (inputs, node) => {
      const [x, w, r, bias, sequenceLens, initialH, initialC, peepholes, wScale, wZero, rScale, rZero] = inputs;
      const weights = [dequantized(w, wScale, wZero), dequantized(r, rScale, rZero)] as const;
      const coupled = node.flag("input_forget", false);
      const usual = recurrentAttributes(node, weights[1], ["sigmoid", "tanh", "tanh"]);
      const attributes = { ...usual, coupled, quantizesState: true };
      const steps = dequantizeLinear(...dynamicQuantize(x));
      return tupleResults(lstm(steps, ...weights, bias, sequenceLens, initialH, initialC, peepholes, attributes));
    },
  },
  "com.microsoft",
);
