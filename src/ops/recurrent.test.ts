import { describe, expect, test } from "vitest";
import { input } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import { symbol } from "../tensor/dim.ts";
import { elementCount } from "../tensor/tensor.ts";
import { gru } from "./gru.ts";
import { lstm } from "./lstm.ts";
import { pick } from "./pick.ts";
import { rnn } from "./rnn.ts";
import { constantOf, elements } from "./testing.ts";

/** (arange(n) * factor % modulus - modulus // 2) / 10 in numpy. */
const weights = (factor: number, modulus: number, ...shape: readonly number[]): Value =>
  constantOf(
    "f32",
    shape,
    Array.from(
      { length: elementCount(shape) },
      (_unused, i) => (((i * factor) % modulus) - Math.floor(modulus / 2)) / 10,
    ),
  );

/** The operands of a layer for 3 steps, a batch of 2, 2 inputs and 2 hidden units. */
const operands = (gates: number, directions: number, time = 3, batch = 2) => ({
  x: weights(7, 13, time, batch, 2),
  w: weights(5, 11, directions, gates * 2, 2),
  r: weights(3, 17, directions, gates * 2, 2),
  bias: weights(9, 7, directions, 4 * gates),
  h: weights(4, 9, directions, batch, 2),
  c: weights(2, 5, directions, batch, 2),
  peepholes: weights(8, 15, directions, 6),
});
const lengths = (...values: readonly number[]) => constantOf("i32", [values.length], values);

/** The expected values are those of onnxruntime 1.23. */
function expectResults(layer: Value, ...expected: readonly (readonly number[])[]): void {
  expected.forEach((list, index) => {
    const actual = elements(pick(layer, { index }));
    expect(actual.length).toBe(list.length);
    actual.forEach((element, i) => {
      expect(element, `result ${index}, element ${i}`).toBeCloseTo(list[i]!, 5);
    });
  });
}

test("rnn in both directions, with lengths, activations of its own and a clip", () => {
  const { x, w, r, bias, h } = operands(1, 2);
  const layer = rnn(x, w, r, bias, lengths(3, 2), h, {
    direction: "bidirectional",
    activations: ["tanh", "scaledtanh"],
    alphas: [0.8],
    betas: [1.5],
    clip: 0.9,
  });
  expectResults(
    layer,
    [
      0.3969305, -0.02999097, -0.216518, -0.1586486, -0.5765733, -0.01320958, -0.6502765, -0.05012689, -0.2936434,
      -0.1119144, 0.1998138, 0.03742123, -0.6389632, -0.1292919, -0.3665407, -0.5289857, 0.1885873, 0.09722911, 0, 0,
      -0.2330501, -0.5954215, 0, 0,
    ],
    [0.1885873, 0.09722911, 0.1998138, 0.03742123, -0.5765733, -0.01320958, -0.6502765, -0.05012689],
  );
});

describe("gru", () => {
  test("in reverse, reset after the product", () => {
    const { x, w, r, bias, h } = operands(3, 1);
    const attributes = { direction: "reverse", activations: ["sigmoid", "tanh"], linearBeforeReset: true } as const;
    expectResults(
      gru(x, w, r, bias, lengths(3, 1), h, attributes),
      [-0.3107606, -0.4910503, 0.04880427, -0.1591289, -0.3304996, -0.4393539, 0, 0, -0.3537482, -0.2921385, 0, 0],
      [-0.3107606, -0.4910503, 0.04880427, -0.1591289],
    );
  });

  test("forward, reset before the product", () => {
    const { x, w, r, bias } = operands(3, 1);
    const attributes = {
      direction: "forward",
      activations: ["hardsigmoid", "softsign"],
      alphas: [0.3],
      betas: [0.4],
    } as const;
    expectResults(
      gru(x, w, r, bias, undefined, undefined, attributes),
      [
        -0.03056604, -0.1923893, -0.04111111, -0.2076667, -0.07051945, -0.2931075, -0.08520721, -0.3117812, -0.1099555,
        -0.3557111, -0.1258351, -0.3738706,
      ],
      [-0.1099555, -0.3557111, -0.1258351, -0.3738706],
    );
  });
});

describe("lstm", () => {
  test("in both directions, with peepholes, states at the start and lengths", () => {
    const { x, w, r, bias, h, c, peepholes } = operands(4, 2);
    const usual = ["sigmoid", "tanh", "tanh"];
    const attributes = { direction: "bidirectional", activations: [...usual, ...usual], clip: 1.2 } as const;
    expectResults(
      lstm(x, w, r, bias, lengths(2, 3), h, c, peepholes, attributes),
      [
        0.01059398, -0.06875061, -0.0009024572, -0.06918774, -0.02097814, 0.07764436, -0.1155411, 0.1132677, 0.01984559,
        -0.08051702, 0.02821101, -0.08453004, 0.06775741, -0.003814422, -0.0495561, 0.08309107, 0, 0, 0.05522187,
        -0.07496466, 0, 0, 0.04131325, 0.07796114,
      ],
      [0.01984559, -0.08051702, 0.05522187, -0.07496466, -0.02097814, 0.07764436, -0.1155411, 0.1132677],
      [0.03757836, -0.1734369, 0.1041033, -0.161579, -0.04061062, 0.1203983, -0.2221213, 0.1875923],
    );
  });

  test("with the forget gate coupled to the input gate, without bias", () => {
    const { x, w, r } = operands(4, 1, 2, 1);
    const attributes = { direction: "forward", activations: ["sigmoid", "tanh", "tanh"], coupled: true } as const;
    const layer = lstm(x, w, r, undefined, undefined, undefined, undefined, undefined, attributes);
    expectResults(
      layer,
      [0.01249073, 0.01886844, 0.02709218, 0.03641915],
      [0.02709218, 0.03641915],
      [0.06098729, 0.08227173],
    );
  });

  test("types flow and misfits are named", () => {
    const { w, r, bias } = operands(4, 1);
    const x = input("x", tensorType("f32", [symbol("T"), symbol("N"), 2]));
    const attributes = { direction: "forward", activations: ["sigmoid", "tanh", "tanh"] } as const;
    const layer = lstm(x, w, r, bias, undefined, undefined, undefined, undefined, attributes);
    expect(formatType(layer.type)).toBe("(f32[T,1,N,2], f32[1,N,2], f32[1,N,2])");
    const both = { direction: "bidirectional", activations: ["sigmoid", "tanh", "tanh"] } as const;
    expect(() => lstm(x, w, r, bias, undefined, undefined, undefined, undefined, both)).toThrow(
      /bidirectional needs weights for 2/,
    );
    const odd = { direction: "forward", activations: ["sigmoid", "tanh", "swish"] } as const;
    expect(() => lstm(x, w, r, bias, undefined, undefined, undefined, undefined, odd)).toThrow(/no activation "swish"/);
  });
});
