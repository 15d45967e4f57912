import { abs } from "./abs.ts";
import { acos } from "./acos.ts";
import { acosh } from "./acosh.ts";
import { add } from "./add.ts";
import { addRmsNorm } from "./add-rms-norm.ts";
import { affineGrid } from "./affine-grid.ts";
import { and } from "./and.ts";
import { argMax } from "./arg-max.ts";
import { argMin } from "./arg-min.ts";
import { asin } from "./asin.ts";
import { asinh } from "./asinh.ts";
import { atan } from "./atan.ts";
import { atanh } from "./atanh.ts";
import { attention } from "./attention.ts";
import { averagePool } from "./average-pool.ts";
import { bifurcation } from "./bifurcation.ts";
import { bitAnd } from "./bit-and.ts";
import { bitCast } from "./bit-cast.ts";
import { bitNot } from "./bit-not.ts";
import { bitOr } from "./bit-or.ts";
import { bitShift } from "./bit-shift.ts";
import { bitXor } from "./bit-xor.ts";
import { cast } from "./cast.ts";
import { castMap } from "./cast-map.ts";
import { ceil } from "./ceil.ts";
import { celu } from "./celu.ts";
import { clip } from "./clip.ts";
import { col2Im } from "./col2-im.ts";
import { compress } from "./compress.ts";
import { concat } from "./concat.ts";
import { conditional } from "./conditional.ts";
import { conv } from "./conv.ts";
import { convInteger } from "./conv-integer.ts";
import { convTranspose } from "./conv-transpose.ts";
import { cos } from "./cos.ts";
import { cosh } from "./cosh.ts";
import { cosineWindow } from "./cosine-window.ts";
import { cropAndResize } from "./crop-and-resize.ts";
import { cumProd } from "./cum-prod.ts";
import { cumSum } from "./cum-sum.ts";
import { decodeImage } from "./decode-image.ts";
import { deformConv } from "./deform-conv.ts";
import { dequantizeLinear } from "./dequantize-linear.ts";
import { det } from "./det.ts";
import { dft } from "./dft.ts";
import { dictVectorize } from "./dict-vectorize.ts";
import { div } from "./div.ts";
import { dynamicReduce } from "./dynamic-reduce.ts";
import { dynamicTimeWarping } from "./dynamic-time-warping.ts";
import { elu } from "./elu.ts";
import { equal } from "./equal.ts";
import { erf } from "./erf.ts";
import { exp } from "./exp.ts";
import { expand } from "./expand.ts";
import { expertLinear } from "./expert-linear.ts";
import { expertLinearNBits } from "./expert-linear-n-bits.ts";
import { eyeLike } from "./eye-like.ts";
import { floor } from "./floor.ts";
import { gather } from "./gather.ts";
import { gatherElements } from "./gather-elements.ts";
import { gatherNd } from "./gather-nd.ts";
import { gelu } from "./gelu.ts";
import { greater } from "./greater.ts";
import { greaterEqual } from "./greater-equal.ts";
import { gridSample } from "./grid-sample.ts";
import { gru } from "./gru.ts";
import { hardSigmoid } from "./hard-sigmoid.ts";
import { hardSwish } from "./hard-swish.ts";
import { inverse } from "./inverse.ts";
import { isInf } from "./is-inf.ts";
import { isNan } from "./is-nan.ts";
import { layerNorm } from "./layer-norm.ts";
import { leakyRelu } from "./leaky-relu.ts";
import { less } from "./less.ts";
import { lessEqual } from "./less-equal.ts";
import { linear } from "./linear.ts";
import { linearAttention } from "./linear-attention.ts";
import { log } from "./log.ts";
import { logSoftmax } from "./log-softmax.ts";
import { lookup } from "./lookup.ts";
import { loop } from "./loop.ts";
import { lpPool } from "./lp-pool.ts";
import { lstm } from "./lstm.ts";
import { maskedMaxPool } from "./masked-max-pool.ts";
import { matmul } from "./matmul.ts";
import { matmulInteger } from "./matmul-integer.ts";
import { matmulNBits } from "./matmul-n-bits.ts";
import { max } from "./max.ts";
import { maxPool } from "./max-pool.ts";
import { maxPoolIndices } from "./max-pool-indices.ts";
import { maxRoiPool } from "./max-roi-pool.ts";
import { maxUnpool } from "./max-unpool.ts";
import { melWeightMatrix } from "./mel-weight-matrix.ts";
import { min } from "./min.ts";
import { mish } from "./mish.ts";
import { mod } from "./mod.ts";
import { mul } from "./mul.ts";
import { multinomial } from "./multinomial.ts";
import { murmurHash } from "./murmur-hash.ts";
import { neg } from "./neg.ts";
import { ngramCounts } from "./ngram-counts.ts";
import { ngramRepeatBlock } from "./ngram-repeat-block.ts";
import { nonMaxSuppression } from "./non-max-suppression.ts";
import { nonZero } from "./non-zero.ts";
import { not } from "./not.ts";
import { oneHot } from "./one-hot.ts";
import { optional } from "./optional.ts";
import { optionalGet } from "./optional-get.ts";
import { optionalHas } from "./optional-has.ts";
import { or } from "./or.ts";
import { pad } from "./pad.ts";
import { pairwiseProbabilities } from "./pairwise-probabilities.ts";
import { pow } from "./pow.ts";
import { prelu } from "./prelu.ts";
import { quantizeLinear } from "./quantize-linear.ts";
import { randomNormal } from "./random-normal.ts";
import { randomUniform } from "./random-uniform.ts";
import { range } from "./range.ts";
import { reciprocal } from "./reciprocal.ts";
import { reduceMax } from "./reduce-max.ts";
import { reduceMean } from "./reduce-mean.ts";
import { reduceMin } from "./reduce-min.ts";
import { reduceProd } from "./reduce-prod.ts";
import { reduceSum } from "./reduce-sum.ts";
import { regexMatch } from "./regex-match.ts";
import { relu } from "./relu.ts";
import { reshape } from "./reshape.ts";
import { resize } from "./resize.ts";
import { reverseSequence } from "./reverse-sequence.ts";
import { rmsNorm } from "./rms-norm.ts";
import { rnn } from "./rnn.ts";
import { roiAlign } from "./roi-align.ts";
import { rotaryEmbedding } from "./rotary-embedding.ts";
import { round } from "./round.ts";
import { scan } from "./scan.ts";
import { scatterElements } from "./scatter-elements.ts";
import { scatterNd } from "./scatter-nd.ts";
import { selu } from "./selu.ts";
import { sequence } from "./sequence.ts";
import { sequenceAt } from "./sequence-at.ts";
import { sequenceConcat } from "./sequence-concat.ts";
import { sequenceErase } from "./sequence-erase.ts";
import { sequenceInsert } from "./sequence-insert.ts";
import { sequenceLength } from "./sequence-length.ts";
import { sequenceSplit } from "./sequence-split.ts";
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
import { stft } from "./stft.ts";
import { stringConcat } from "./string-concat.ts";
import { stringNormalize } from "./string-normalize.ts";
import { stringSplit } from "./string-split.ts";
import { sub } from "./sub.ts";
import { tan } from "./tan.ts";
import { tanh } from "./tanh.ts";
import { tensorScatter } from "./tensor-scatter.ts";
import { thresholdedRelu } from "./thresholded-relu.ts";
import { tile } from "./tile.ts";
import { tokenize } from "./tokenize.ts";
import { topK } from "./top-k.ts";
import { transpose } from "./transpose.ts";
import { treeEnsemble } from "./tree-ensemble.ts";
import { trilu } from "./trilu.ts";
import { unique } from "./unique.ts";
import { unpack } from "./unpack.ts";
import { unsqueeze } from "./unsqueeze.ts";
import { where } from "./where.ts";
import { wordConvEmbedding } from "./word-conv-embedding.ts";
import { xor } from "./xor.ts";
import { zipMap } from "./zip-map.ts";

/** Every operator of the engine, in alphabetical order. */
export const ops = {
  abs,
  acos,
  acosh,
  add,
  addRmsNorm,
  affineGrid,
  and,
  argMax,
  argMin,
  asin,
  asinh,
  atan,
  atanh,
  attention,
  averagePool,
  bifurcation,
  bitAnd,
  bitCast,
  bitNot,
  bitOr,
  bitShift,
  bitXor,
  cast,
  castMap,
  ceil,
  celu,
  clip,
  col2Im,
  compress,
  concat,
  conditional,
  conv,
  convInteger,
  convTranspose,
  cos,
  cosh,
  cosineWindow,
  cropAndResize,
  cumProd,
  cumSum,
  decodeImage,
  deformConv,
  dequantizeLinear,
  det,
  dft,
  dictVectorize,
  div,
  dynamicReduce,
  dynamicTimeWarping,
  elu,
  equal,
  erf,
  exp,
  expand,
  expertLinear,
  expertLinearNBits,
  eyeLike,
  floor,
  gather,
  gatherElements,
  gatherNd,
  gelu,
  greater,
  greaterEqual,
  gridSample,
  gru,
  hardSigmoid,
  hardSwish,
  inverse,
  isInf,
  isNan,
  layerNorm,
  leakyRelu,
  less,
  lessEqual,
  linear,
  linearAttention,
  log,
  logSoftmax,
  lookup,
  loop,
  lpPool,
  lstm,
  maskedMaxPool,
  matmul,
  matmulInteger,
  matmulNBits,
  max,
  maxPool,
  maxPoolIndices,
  maxRoiPool,
  maxUnpool,
  melWeightMatrix,
  min,
  mish,
  mod,
  mul,
  multinomial,
  murmurHash,
  neg,
  ngramCounts,
  ngramRepeatBlock,
  nonMaxSuppression,
  nonZero,
  not,
  oneHot,
  optional,
  optionalGet,
  optionalHas,
  or,
  pad,
  pairwiseProbabilities,
  pow,
  prelu,
  quantizeLinear,
  randomNormal,
  randomUniform,
  range,
  reciprocal,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProd,
  reduceSum,
  regexMatch,
  relu,
  reshape,
  resize,
  reverseSequence,
  rmsNorm,
  rnn,
  roiAlign,
  rotaryEmbedding,
  round,
  scan,
  scatterElements,
  scatterNd,
  selu,
  sequence,
  sequenceAt,
  sequenceConcat,
  sequenceErase,
  sequenceInsert,
  sequenceLength,
  sequenceSplit,
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
  stft,
  stringConcat,
  stringNormalize,
  stringSplit,
  sub,
  tan,
  tanh,
  tensorScatter,
  thresholdedRelu,
  tile,
  tokenize,
  topK,
  transpose,
  treeEnsemble,
  trilu,
  unique,
  unpack,
  unsqueeze,
  where,
  wordConvEmbedding,
  xor,
  zipMap,
} as const;

export type OpName = keyof typeof ops;
