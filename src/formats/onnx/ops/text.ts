import { constant } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { greater } from "../../../ops/greater.ts";
import { mul } from "../../../ops/mul.ts";
import { ngramCounts } from "../../../ops/ngram-counts.ts";
import { pick } from "../../../ops/pick.ts";
import { regexMatch } from "../../../ops/regex-match.ts";
import { stringConcat } from "../../../ops/string-concat.ts";
import type { CaseChange } from "../../../ops/string-normalize.ts";
import { stringNormalize } from "../../../ops/string-normalize.ts";
import { stringSplit } from "../../../ops/string-split.ts";
import { FormatError } from "../../../tensor/errors.ts";
import { fromBigints, fromNumbers } from "../../../tensor/numbers.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { tensor } from "../../../tensor/tensor.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { requiredAttribute } from "../shape-values.ts";
import { castTo } from "./precision.ts";

/** Operators on strings, and on tokens. */
export const text = onnxOps({
  RegexFullMatch: ([x], node) => regexMatch(x, { pattern: node.string("pattern", "") }),
  StringConcat: ([a, b]) => stringConcat(a, b),
  StringNormalizer: ([x], node) => normalize(x, node),
  StringSplit: ([x], node) => {
    const maxSplit = node.int("maxsplit");
    const delimiter = node.string("delimiter");
    const split = stringSplit(x, {
      ...(delimiter !== undefined && { delimiter }),
      ...(maxSplit !== undefined && { maxSplit }),
    });
    return [pick(split, { index: 0 }), pick(split, { index: 1 })];
  },
  TfIdfVectorizer: ([x], node) => weighNgrams(x, node),
});

function normalize(x: Value, node: OnnxNode): Value {
  const caseChange = node.choice("case_change_action", ["NONE", "LOWER", "UPPER"], "NONE").toLowerCase() as CaseChange;
  const locale = node.string("locale");
  return stringNormalize(x, {
    caseChange,
    stopWords: node.strings("stopwords") ?? [],
    isCaseSensitive: node.flag("is_case_sensitive", false),
    ...(locale !== undefined && { locale: languageTag(locale) }),
  });
}

/** "tr-TR" for names of POSIX such as "tr_TR.UTF-8"; "und", which has no rules of its own, for "C", "POSIX" and "". */
function languageTag(name: string): string {
  const [plain = ""] = name.split(/[.@]/);
  const tag = ["", "C", "POSIX"].includes(plain) ? "und" : plain.replaceAll("_", "-");
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? "und";
  } catch (cause) {
    throw new FormatError(`attribute "locale" must name a language such as "en_US", got "${name}".`, { cause });
  }
}

/** Counts of n-grams (TF), or whether they occur (IDF), times the weights of the n-grams where they are given. */
function weighNgrams(x: Value, node: OnnxNode): Value {
  const mode = node.choice("mode", ["TF", "IDF", "TFIDF"], "TF");
  const weights = node.floats("weights");
  const places = requiredAttribute(node.ints("ngram_indexes"), "ngram_indexes");
  const counts = ngramCounts(x, constant(tokenPool(node)), {
    starts: requiredAttribute(node.ints("ngram_counts"), "ngram_counts"),
    places,
    minLength: requiredAttribute(node.int("min_gram_length"), "min_gram_length"),
    maxLength: requiredAttribute(node.int("max_gram_length"), "max_gram_length"),
    maxSkip: requiredAttribute(node.int("max_skip_count"), "max_skip_count"),
  });
  const measure = mode === "IDF" ? castTo(greater(counts, 0), "f32") : counts;
  if (weights === undefined || mode === "TF") return measure;
  const factors = new Float32Array(Math.max(-1, ...places) + 1);
  for (const [i, place] of places.entries()) factors[place] = weights[i] ?? 1;
  return mul(measure, constant(fromNumbers("f32", [factors.length], factors)));
}

function tokenPool(node: OnnxNode): Tensor {
  const [words, numbers] = [node.strings("pool_strings"), node.bigints("pool_int64s")];
  if (words !== undefined) return tensor("string", [words.length], [...words]);
  if (numbers !== undefined) return fromBigints("i64", [numbers.length], numbers);
  throw new FormatError(
    'one of the attributes "pool_strings" and "pool_int64s" must be there. Export the model again.',
  );
}
