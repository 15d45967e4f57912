// @ts-check
import { tensor } from "../../lib/tensors.js";
import { anyShape, axisOf, values } from "./make.js";

/** @import { Random } from "../../lib/random.js" */
/** @import { Case, Family } from "./make.js" */

/** @typedef {(random: Random) => Case} Maker */

const bytes = /** @type {const} */ (["u8", "i8"]);
const whole = { least: -128, most: 127 };
const positive = { least: 0.02, most: 0.2 };

const zeroPoint = (
  /** @type {Random} */ random,
  /** @type {"u8" | "i8"} */ dtype,
  /** @type {number[]} */ shape = [],
) => values(random, dtype, shape, dtype === "u8" ? { least: 100, most: 150 } : { least: -20, most: 20 });

/** @type {Maker} */
const quantize = (random) => {
  const dtype = random.pick(bytes);
  const shape = anyShape(random, { least: 1, most: 5 });
  const axis = axisOf(random, shape.length);
  const parameters = random.chance(0.5) ? [] : [shape.at(axis) ?? 1];
  const scale = values(random, "f32", parameters, positive);
  const inputs = [values(random, "f32", shape, { least: -9, most: 9 }), scale, zeroPoint(random, dtype, parameters)];
  return {
    op: "QuantizeLinear",
    opset: 13,
    inputs,
    constants: random.chance(0.7) ? [1, 2] : [],
    integers: 1,
    attributes: { axis },
  };
};

/** @type {Maker} */
const dequantize = (random) => {
  const dtype = random.pick(bytes);
  const shape = anyShape(random, { least: 1, most: 5 });
  const axis = axisOf(random, shape.length);
  const parameters = random.chance(0.5) ? [] : [shape.at(axis) ?? 1];
  const inputs = [
    values(random, dtype, shape, whole),
    values(random, "f32", parameters, positive),
    zeroPoint(random, dtype, parameters),
  ];
  return {
    op: "DequantizeLinear",
    opset: 13,
    inputs,
    constants: random.chance(0.7) ? [1, 2] : [],
    attributes: { axis },
  };
};

/** @type {Maker} */
const dynamicQuantize = (random) => ({
  op: "DynamicQuantizeLinear",
  opset: 11,
  inputs: [values(random, "f32", anyShape(random, { least: 1, empty: 0 }))],
  outputs: 3,
  integers: 1,
});

/** @type {Maker} */
const matmulInteger = (random) => {
  const [a, b] = [random.pick(bytes), random.pick(bytes)];
  const [m, k, n] = [random.int(1, 9), random.int(1, 40), random.int(1, 40)];
  const batch = random.chance(0.4) ? [random.int(1, 3)] : [];
  const inputs = [
    values(random, a, [...batch, m, k], whole),
    values(random, b, [...batch, k, n], whole),
    zeroPoint(random, a),
    zeroPoint(random, b),
  ];
  return { op: "MatMulInteger", opset: 10, inputs, constants: random.chance(0.6) ? [1, 3] : [] };
};

/** @type {Maker} */
const convInteger = (random) => {
  const weights = random.pick(bytes);
  const [channels, out] = [random.int(1, 5), random.int(1, 6)];
  const inputs = [
    values(random, "u8", [1, channels, 8, 9], whole),
    values(random, weights, [out, channels, 3, 3], whole),
    zeroPoint(random, "u8"),
    tensor(weights, [], [0]),
  ];
  return {
    op: "ConvInteger",
    opset: 10,
    inputs,
    constants: [1, 3],
    attributes: {
      pads: [1, 1, 1, 1],
      strides: random.pick([
        [1, 1],
        [2, 2],
      ]),
    },
  };
};

/** @type {Maker} */
const qlinearMatmul = (random) => {
  const dtype = random.pick(bytes);
  const [m, k, n] = [random.int(1, 9), random.int(1, 20), random.int(1, 20)];
  const scale = () => values(random, "f32", [], positive);
  const inputs = [
    values(random, dtype, [m, k], whole),
    scale(),
    zeroPoint(random, dtype),
    values(random, dtype, [k, n], whole),
    scale(),
    zeroPoint(random, dtype),
    values(random, "f32", [], { least: 1, most: 2 }),
    zeroPoint(random, dtype),
  ];
  return { op: "QLinearMatMul", opset: 10, inputs, constants: [1, 2, 3, 4, 5, 6, 7], integers: 1 };
};

const makers = { quantize, dequantize, dynamicQuantize, matmulInteger, convInteger, qlinearMatmul };

/** @type {readonly Family[]} */
export const quantized = Object.entries(makers).map(([name, make]) => ({ name, weight: 0.8, make }));
