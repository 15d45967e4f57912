import { knownNumbers } from "../../../graph/known-dims.ts";
import { constant, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { col2Im } from "../../../ops/col2-im.ts";
import { concat } from "../../../ops/concat.ts";
import { div } from "../../../ops/div.ts";
import { expand } from "../../../ops/expand.ts";
import { mul } from "../../../ops/mul.ts";
import { reverseSequence } from "../../../ops/reverse-sequence.ts";
import { scatterElements } from "../../../ops/scatter-elements.ts";
import { slice } from "../../../ops/slice.ts";
import { tile } from "../../../ops/tile.ts";
import { transpose } from "../../../ops/transpose.ts";
import { trilu } from "../../../ops/trilu.ts";
import { fromNumbers } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { foldSizes, joinSizes, rankOf, requiredAttribute, reshapeTo, sizeOf } from "../shape-values.ts";

/** Operators that place elements anew without looking at them. */
export const movement = onnxOps({
  Col2Im: ([x, image, block], node) => {
    const [dilations, strides, pads] = [node.ints("dilations"), node.ints("strides"), node.ints("pads")];
    return col2Im(x, image, block, {
      ...(dilations && { dilations }),
      ...(strides && { strides }),
      ...(pads && { pads }),
    });
  },
  Concat: {
    1: (inputs, node) => concat(present(inputs), { axis: node.int("axis", 1) }),
    4: (inputs, node) => concat(present(inputs), { axis: requiredAttribute(node.int("axis"), "axis") }),
  },
  DepthToSpace: ([x], node) => depthToSpace(x, node),
  DynamicSlice: ([x, starts, ends, axes]) => slice(x, starts, ends, axes, undefined),
  Expand: ([x, shape]) => expand(x, shape),
  ReverseSequence: ([x, lengths], node) =>
    reverseSequence(x, lengths, { batchAxis: node.int("batch_axis", 1), timeAxis: node.int("time_axis", 0) }),
  Slice: {
    1: ([x], node) => {
      const [starts, ends] = [
        requiredAttribute(node.ints("starts"), "starts"),
        requiredAttribute(node.ints("ends"), "ends"),
      ];
      return slice(x, starts, ends, node.ints("axes"), undefined);
    },
    10: ([x, starts, ends, axes, steps]) => slice(x, starts, ends, axes, steps),
  },
  SpaceToDepth: ([x], node) => spaceToDepth(x, requiredAttribute(node.int("blocksize"), "blocksize")),
  Tile: {
    1: ([x, tiles, axis]) => tile(x, repeatsAlong(x, tiles, axis)),
    6: ([x, repeats]) => tile(x, repeats),
  },
  Transpose: ([x], node) => transpose(x, { permutation: node.ints("perm") ?? reversedAxes(x) }),
  Trilu: ([x, k], node) => trilu(x, k, { upper: node.flag("upper", true) }),
});

const present = (inputs: readonly Value[]): readonly Value[] => inputs.filter((input) => !isAbsent(input));

const reversedAxes = (x: Value): number[] => Array.from({ length: rankOf(x) }, (_unused, i) => i).reverse();

/** Tile-1 repeats one axis: ones everywhere else. */
function repeatsAlong(x: Value, tiles: Value, axis: Value): Value {
  const rank = rankOf(x);
  const [at] = knownNumbers(axis) ?? [];
  const ones = constant(fromNumbers("i64", [rank], new Array<number>(rank).fill(1)));
  const place = at === undefined ? reshapeTo(axis, [1]) : foldSizes([at]);
  return foldSizes(scatterElements(ones, place, reshapeTo(tiles, [1]), { axis: 0 }));
}

/** [b, blocks of c, h, w] -> [b, c, h·block, w·block]. DCR: the block position is the outer part of the channel; CRD: the inner part. */
function depthToSpace(x: Value, node: OnnxNode): Value {
  const block = requiredAttribute(node.int("blocksize"), "blocksize");
  const columnFirst = node.choice("mode", ["DCR", "CRD"], "DCR") === "CRD";
  const [batch, depth, height, width] = [0, 1, 2, 3].map((axis) => sizeOf(x, axis)) as [Value, Value, Value, Value];
  const channels = foldSizes(div(depth, block * block));
  const split = columnFirst ? [channels, [block, block]] : [[block, block], channels];
  const parts = reshapeTo(x, joinSizes(batch, ...split, height, width));
  const moved = transpose(parts, { permutation: columnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2] });
  return reshapeTo(moved, joinSizes(batch, channels, mul(height, block), mul(width, block)));
}

/** [b, c, h·block, w·block] -> [b, block·block·c, h, w], the block position being the outer part of the channel. */
function spaceToDepth(x: Value, block: number): Value {
  const [batch, channels, height, width] = [0, 1, 2, 3].map((axis) => sizeOf(x, axis)) as [Value, Value, Value, Value];
  const [rows, columns] = [foldSizes(div(height, block)), foldSizes(div(width, block))];
  const parts = reshapeTo(x, joinSizes(batch, channels, rows, [block], columns, [block]));
  const moved = transpose(parts, { permutation: [0, 3, 5, 1, 2, 4] });
  return reshapeTo(moved, joinSizes(batch, mul(channels, block * block), rows, columns));
}
