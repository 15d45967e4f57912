// @ts-check
import { elementCount } from "../lib/tensors.js";

/** @import { Case } from "./cases/make.js" */

/**
 * Where onnxruntime-node 1.30 gives an answer that is not the specification's: each row says why. Its answer is then not held against ours.
 * @type {readonly { why: string, applies: (spec: Case) => boolean }[]}
 */
const faults = [
  {
    why: "reductions of an empty tensor leave negative axes, and an empty axis, as they were",
    applies: ({ op, inputs: [x] }) => /^(Reduce|Arg)/.test(op) && x !== undefined && elementCount(x.shape) === 0,
  },
  {
    why: "Squeeze with an empty list of axes squeezes all; the reference squeezes none",
    applies: ({ op, inputs: [, axes] }) => op === "Squeeze" && axes?.data.length === 0,
  },
  {
    why: "Gather of strings copies only the first of each run of elements",
    applies: ({ op, inputs: [x] }) => op === "Gather" && x?.dtype === "string",
  },
  {
    why: "ConvTranspose with auto_pad SAME gives less than input size times stride where the kernel is shorter than the stride",
    applies: ({ op, inputs: [, kernel], attributes = {} }) =>
      op === "ConvTranspose" &&
      /^SAME/.test(String(attributes["auto_pad"])) &&
      Array.isArray(attributes["strides"]) &&
      attributes["strides"].some((stride, axis) => stride > (kernel?.shape[axis + 2] ?? 0)),
  },
  {
    why: "Resize with align_corners takes the whole size of the result, where the reference takes size times scale unrounded",
    applies: ({ op, inputs: [x, , scales], attributes = {} }) =>
      op === "Resize" &&
      attributes["coordinate_transformation_mode"] === "align_corners" &&
      scales !== undefined &&
      Array.from(scales.data).some((scale, axis) => !Number.isInteger(scale * (x?.shape[axis] ?? 0))),
  },
];

/**
 * Why the peer's answer to a case does not count, if so.
 * @param {Case} spec
 */
export const peerFault = (spec) => faults.find(({ applies }) => applies(spec))?.why;
