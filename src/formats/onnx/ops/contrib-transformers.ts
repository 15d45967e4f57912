import { constant, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { gather } from "../../../ops/gather.ts";
import { rotaryEmbedding } from "../../../ops/rotary-embedding.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { transpose } from "../../../ops/transpose.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { where } from "../../../ops/where.ts";
import { FormatError, UnsupportedError } from "../../../tensor/errors.ts";
import { fromNumbers, scalar } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { joinSizes, reshapeTo, sizeOf, sizesOf } from "../shape-values.ts";
import { headCount } from "./heads.ts";
import { countUp } from "./padding-mask.ts";
import { rankOf } from "./rank.ts";
import { causalConvolution, linearAttention } from "./transformers.ts";

/** The parts of language models beside attention, of com.microsoft. */
export const contribTransformers = onnxOps(
  {
    CausalConvWithState: channelsFirst,
    LinearAttention: (inputs, node) => {
      refuse(node, "state_window", 0);
      return linearAttention(inputs, node);
    },
    MRotaryEmbedding: ([x, positions, cosines, sines], node) => {
      const rows = (table: Value): Value => sectioned(gather(table, positions, { axis: 0 }), node);
      return rotated(x, rows(cosines), rows(sines), node);
    },
    RotaryEmbedding: ([x, positions, cosines, sines], node) => {
      const steps = rankOf(x, "input") === 4 ? sizeOf(x, 2) : sizeOf(x, 1);
      const isFirst = rankOf(positions, "position_ids") === 1;
      const places = isFirst ? unsqueeze(add(countUp(steps), positions), [0]) : positions;
      const rows = (table: Value): Value => gather(table, places, { axis: 0 });
      return rotated(x, rows(cosines), rows(sines), node);
    },
  },
  "com.microsoft",
);

function refuse(node: OnnxNode, attribute: string, ...accepted: readonly number[]): void {
  const value = node.int(attribute, accepted[0] as number);
  if (accepted.includes(value)) return;
  throw new UnsupportedError(
    `${attribute} ${value} is not supported here; export the model with ${attribute} ${accepted.join(" or ")}.`,
  );
}

/** Turns x by the angles of its steps [batch or 1, steps, pairs]. x has its heads apart, or packed into the last axis. */
function rotated(x: Value, cos: Value, sin: Value, node: OnnxNode): Value {
  node.ignore("is_packed_batching", "scale");
  const attributes = { interleaved: node.flag("interleaved", false) };
  const [heads, size] = [node.int("num_heads", 0), node.int("rotary_embedding_dim", 0)];
  const angles = (axis: number): [Value, Value] => [unsqueeze(cos, [axis]), unsqueeze(sin, [axis])];
  if (rankOf(x, "input") === 4) return rotaryEmbedding(x, ...angles(1), attributes);
  const pairs = sizeOf(cos, -1);
  const layout = size > 0 ? [headCount(heads, "num_heads"), -1] : joinSizes([-1], add(pairs, pairs));
  const split = reshapeTo(x, joinSizes(sizesOf(x, 0, 2), layout));
  return reshapeTo(rotaryEmbedding(split, ...angles(2), attributes), shapeOf(x));
}

/** More pairs than any head has. */
const maxSection = 65_536;

/** Of the rows [3, batch, steps, pairs] for positions in time, height and width: for each pair those of the section that it belongs to. */
function sectioned(rows: Value, node: OnnxNode): Value {
  const sections = node.ints("mrope_section", []);
  if (sections.length !== 3 || sections.some((size) => size < 0 || size > maxSection)) {
    throw new FormatError(
      `the attribute "mrope_section" must have 3 sizes of 0 to ${maxSection}, got [${sections.join(", ")}].`,
    );
  }
  const kinds = node.int("mrope_layout", 0) === 1 ? interleavedSections(sections) : neighbouringSections(sections);
  const [time, height, width] = [0, 1, 2].map((i) => gather(rows, constant(scalar("i64", i)), { axis: 0 })) as [
    Value,
    Value,
    Value,
  ];
  const isKind = (kind: number): Value =>
    constant(
      fromNumbers(
        "bool",
        [kinds.length],
        kinds.map((each) => Number(each === kind)),
      ),
    );
  return where(isKind(1), height, where(isKind(2), width, time));
}

const neighbouringSections = (sections: readonly number[]): number[] =>
  sections.flatMap((count, kind) => new Array<number>(count).fill(kind));

/** Height and width take every third pair, from 1 and from 2 on, as many as their sections have. */
function interleavedSections(sections: readonly number[]): number[] {
  const total = sections.reduce((sum, count) => sum + count, 0);
  return Array.from({ length: total }, (_unused, i) => (i < 3 * (sections[i % 3] ?? 0) ? i % 3 : 0));
}

/** The convolution along the last axis; with channels_last the steps come before the channels, which may take several axes. */
function channelsFirst([x, weight, bias, past, ...rest]: OnnxInputs, node: OnnxNode): readonly Value[] {
  refuse(node, "ndim", 1);
  for (const name of ["state_window", "state_update_capacity", "state_length", "input_channels"]) refuse(node, name, 0);
  const isLast = node.flag("channels_last", false);
  refuse(node, "state_channels_last", -1, Number(isLast));
  refuse(node, "input_channel_offset", 0);
  if (!isLast) return causalConvolution([x, weight, bias, past, ...rest] as unknown as OnnxInputs, node);
  const turned = (y: Value): Value => transpose(y, { permutation: [0, 2, 1] });
  const packed = (y: Value): Value => turned(reshapeTo(y, joinSizes(sizesOf(y, 0, 2), [-1])));
  const inputs = [packed(x), weight, bias, isAbsent(past) ? past : packed(past)] as unknown as OnnxInputs;
  const [y, state] = causalConvolution(inputs, node) as [Value, Value];
  const unpacked = (z: Value): Value => reshapeTo(turned(z), joinSizes([0, -1], sizesOf(x, 2)), true);
  return [unpacked(y), unpacked(state)];
}
