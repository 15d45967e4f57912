import { knownNumbers } from "../../../graph/known-dims.ts";
import { constant, isAbsent } from "../../../graph/leaves.ts";
import type { Operand, Value } from "../../../graph/value.ts";
import { expand } from "../../../ops/expand.ts";
import { greaterEqual } from "../../../ops/greater-equal.ts";
import { less } from "../../../ops/less.ts";
import { mul } from "../../../ops/mul.ts";
import { multinomial } from "../../../ops/multinomial.ts";
import { not } from "../../../ops/not.ts";
import { or } from "../../../ops/or.ts";
import { randomNormal } from "../../../ops/random-normal.ts";
import { randomUniform } from "../../../ops/random-uniform.ts";
import { reciprocal } from "../../../ops/reciprocal.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { sub } from "../../../ops/sub.ts";
import { where } from "../../../ops/where.ts";
import type { DType } from "../../../tensor/dtype.ts";
import { scalar } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxMapping } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { dtypeAttribute } from "./dtype-attribute.ts";
import { castTo, dtypeOf } from "./precision.ts";

/** Random numbers, and Dropout, which draws them in training mode. */
export const random = onnxOps({
  Bernoulli: ([x], node) => {
    const drawn = evenly(x, node.float("seed"));
    return castTo(less(drawn, castTo(x, "f64")), dtypeAttribute(node, "dtype") ?? dtypeOf(x));
  },
  Dropout: {
    1: ([x], node) => {
      node.ignore("consumed_inputs", "is_test", "ratio");
      return [x, onesLike(x, dtypeOf(x))];
    },
    10: ([x], node) => {
      node.ignore("ratio");
      return [x, onesLike(x, "bool")];
    },
    12: (inputs, node) => dropout(inputs, node),
  },
  Multinomial: ([x], node) =>
    multinomial(x, {
      sampleSize: node.int("sample_size", 1),
      dtype: dtypeAttribute(node, "dtype") ?? "i32",
      seed: node.float("seed"),
    }),
  RandomNormal: (_inputs, node) => normal(node.ints("shape", []), dtypeAttribute(node, "dtype") ?? "f32", node),
  RandomNormalLike: ([x], node) => normal(shapeOf(x), dtypeAttribute(node, "dtype") ?? dtypeOf(x), node),
  RandomUniform: (_inputs, node) => uniform(node.ints("shape", []), dtypeAttribute(node, "dtype") ?? "f32", node),
  RandomUniformLike: ([x], node) => uniform(shapeOf(x), dtypeAttribute(node, "dtype") ?? dtypeOf(x), node),
});

type Shape = Exclude<Operand, number | undefined>;

const normal = (shape: Shape, dtype: DType, node: OnnxNode): Value =>
  randomNormal(shape, {
    dtype,
    mean: node.float("mean", 0),
    deviation: node.float("scale", 1),
    seed: node.float("seed"),
  });

const uniform = (shape: Shape, dtype: DType, node: OnnxNode): Value =>
  randomUniform(shape, { dtype, low: node.float("low", 0), high: node.float("high", 1), seed: node.float("seed") });

/** A number in [0, 1) for each element of x, fine enough that no probability rounds to another. */
const evenly = (x: Value, seed: number | undefined): Value =>
  randomUniform(shapeOf(x), { dtype: "f64", low: 0, high: 1, seed });

const onesLike = (x: Value, dtype: DType): Value => expand(constant(scalar(dtype, 1)), shapeOf(x));

/** In training mode drops elements with the probability `ratio` and scales the others up; the mask says which were kept. */
const dropout: OnnxMapping = ([x, ratio, training], node) => {
  node.ignore("seed");
  const mode = isAbsent(training) ? [0] : knownNumbers(training);
  if (mode?.[0] === 0) return [x, onesLike(x, "bool")];
  const dropped = isAbsent(ratio) ? constant(scalar("f64", 0.5)) : castTo(ratio, "f64");
  const kept = greaterEqual(evenly(x, node.int("seed")), dropped);
  const scale = castTo(reciprocal(sub(constant(scalar("f64", 1)), dropped)), dtypeOf(x));
  const scaled = where(kept, mul(x, scale), constant(scalar(dtypeOf(x), 0)));
  if (mode !== undefined) return [scaled, kept];
  return [where(training, scaled, x), or(kept, not(training))];
};
