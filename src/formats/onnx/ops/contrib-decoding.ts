import { bifurcation } from "../../../ops/bifurcation.ts";
import { dynamicTimeWarping } from "../../../ops/dynamic-time-warping.ts";
import { murmurHash } from "../../../ops/murmur-hash.ts";
import { ngramRepeatBlock } from "../../../ops/ngram-repeat-block.ts";
import { tokenize } from "../../../ops/tokenize.ts";
import { wordConvEmbedding } from "../../../ops/word-conv-embedding.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { requiredAttribute } from "../shape-values.ts";
import { tupleResults } from "./tuple-results.ts";

/** Operators of com.microsoft around the text that goes into a model and comes out of it. */
export const contribDecoding = onnxOps(
  {
    BifurcationDetector: ([source, current, previous, predicted], node) =>
      tupleResults(
        bifurcation(source, current, previous, predicted, {
          minNgram: node.int("min_ngram_size", 1),
          maxNgram: node.int("max_ngram_size", 3),
        }),
      ),
    DynamicTimeWarping: ([costs]) => dynamicTimeWarping(costs),
    MurmurHash3: ([x], node) => murmurHash(x, { seed: node.int("seed", 0), positive: node.flag("positive", true) }),
    NGramRepeatBlock: ([tokens, scores], node) =>
      ngramRepeatBlock(tokens, scores, { size: requiredAttribute(node.int("ngram_size"), "ngram_size") }),
    Tokenizer: ([x], node) => tokenize(x, tokenizerOf(node)),
    WordConvEmbedding: ([words, weight, bias, table], node) => {
      node.ignore("embedding_size", "conv_window_size", "char_embedding_size");
      return wordConvEmbedding(words, weight, bias, table);
    },
  },
  "com.microsoft",
);

function tokenizerOf(node: OnnxNode) {
  const [separators, token] = [node.strings("separators"), node.string("tokenexp")];
  if ((separators === undefined) === (token === undefined)) {
    throw new FormatError(
      'one of the attributes "separators" and "tokenexp" must be there, not both. Export the model again.',
    );
  }
  return {
    ...(separators !== undefined && { separators }),
    ...(token !== undefined && { token }),
    mark: requiredAttribute(node.int("mark"), "mark") !== 0,
    pad: requiredAttribute(node.string("pad_value"), "pad_value"),
    minLength: requiredAttribute(node.int("mincharnum"), "mincharnum"),
  };
}
