import { abs } from "./abs.ts";
import { acos } from "./acos.ts";
import { acosh } from "./acosh.ts";
import { add } from "./add.ts";
import { and } from "./and.ts";
import { asin } from "./asin.ts";
import { asinh } from "./asinh.ts";
import { atan } from "./atan.ts";
import { atanh } from "./atanh.ts";
import { bitAnd } from "./bit-and.ts";
import { bitNot } from "./bit-not.ts";
import { bitOr } from "./bit-or.ts";
import { bitShift } from "./bit-shift.ts";
import { bitXor } from "./bit-xor.ts";
import { ceil } from "./ceil.ts";
import { celu } from "./celu.ts";
import { concat } from "./concat.ts";
import { convInteger } from "./conv-integer.ts";
import { convTranspose } from "./conv-transpose.ts";
import { conv } from "./conv.ts";
import { cos } from "./cos.ts";
import { cosh } from "./cosh.ts";
import { div } from "./div.ts";
import { dynamicReduce } from "./dynamic-reduce.ts";
import { elu } from "./elu.ts";
import { equal } from "./equal.ts";
import { erf } from "./erf.ts";
import { exp } from "./exp.ts";
import { expand } from "./expand.ts";
import { floor } from "./floor.ts";
import { gather } from "./gather.ts";
import { gelu } from "./gelu.ts";
import { greater } from "./greater.ts";
import { greaterEqual } from "./greater-equal.ts";
import { hardSigmoid } from "./hard-sigmoid.ts";
import { hardSwish } from "./hard-swish.ts";
import { isInf } from "./is-inf.ts";
import { isNan } from "./is-nan.ts";
import { layerNorm } from "./layer-norm.ts";
import { leakyRelu } from "./leaky-relu.ts";
import { less } from "./less.ts";
import { lessEqual } from "./less-equal.ts";
import { logSoftmax } from "./log-softmax.ts";
import { log } from "./log.ts";
import { matmulInteger } from "./matmul-integer.ts";
import { matmul } from "./matmul.ts";
import { max } from "./max.ts";
import { min } from "./min.ts";
import { mish } from "./mish.ts";
import { mod } from "./mod.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { not } from "./not.ts";
import { or } from "./or.ts";
import { pow } from "./pow.ts";
import { prelu } from "./prelu.ts";
import { reciprocal } from "./reciprocal.ts";
import { reduceMax } from "./reduce-max.ts";
import { reduceMean } from "./reduce-mean.ts";
import { reduceMin } from "./reduce-min.ts";
import { reduceProd } from "./reduce-prod.ts";
import { reduceSum } from "./reduce-sum.ts";
import { relu } from "./relu.ts";
import { reshape } from "./reshape.ts";
import { rmsNorm } from "./rms-norm.ts";
import { round } from "./round.ts";
import { selu } from "./selu.ts";
import { shapeOf } from "./shape-of.ts";
import { shrink } from "./shrink.ts";
import { sigmoid } from "./sigmoid.ts";
import { sign } from "./sign.ts";
import { silu } from "./silu.ts";
import { sin } from "./sin.ts";
import { sinh } from "./sinh.ts";
import { size } from "./size.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { softplus } from "./softplus.ts";
import { softsign } from "./softsign.ts";
import { sqrt } from "./sqrt.ts";
import { squeeze } from "./squeeze.ts";
import { sub } from "./sub.ts";
import { tan } from "./tan.ts";
import { tanh } from "./tanh.ts";
import { thresholdedRelu } from "./thresholded-relu.ts";
import { transpose } from "./transpose.ts";
import { unsqueeze } from "./unsqueeze.ts";
import { xor } from "./xor.ts";

/** Every operator of the engine, in alphabetical order. */
export const ops = {
  abs,
  acos,
  acosh,
  add,
  and,
  asin,
  asinh,
  atan,
  atanh,
  bitAnd,
  bitNot,
  bitOr,
  bitShift,
  bitXor,
  ceil,
  celu,
  concat,
  conv,
  convInteger,
  convTranspose,
  cos,
  cosh,
  div,
  dynamicReduce,
  elu,
  equal,
  erf,
  exp,
  expand,
  floor,
  gather,
  gelu,
  greater,
  greaterEqual,
  hardSigmoid,
  hardSwish,
  isInf,
  isNan,
  layerNorm,
  leakyRelu,
  less,
  lessEqual,
  log,
  logSoftmax,
  matmul,
  matmulInteger,
  max,
  min,
  mish,
  mod,
  mul,
  neg,
  not,
  or,
  pow,
  prelu,
  reciprocal,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProd,
  reduceSum,
  relu,
  reshape,
  rmsNorm,
  round,
  selu,
  shapeOf,
  shrink,
  sigmoid,
  sign,
  silu,
  sin,
  sinh,
  size,
  slice,
  softmax,
  softplus,
  softsign,
  sqrt,
  squeeze,
  sub,
  tan,
  tanh,
  thresholdedRelu,
  transpose,
  unsqueeze,
  xor,
} as const;

export type OpName = keyof typeof ops;
