import type { Value } from "../../../graph/value.ts";
import type { WindowAttributes } from "../../../ops/window.ts";
import { settleWindow } from "../../../ops/window.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";

const list = (node: OnnxNode, name: string): readonly number[] | undefined => {
  const ints = node.ints(name);
  return ints === undefined || ints.length === 0 ? undefined : ints;
};

/**
 * strides, dilations, pads and auto_pad of a convolution or pooling of x. The padding of auto_pad is worked out here where the
 * spatial sizes are known, and left to the operator where they are symbolic.
 */
export function windowAttributes(node: OnnxNode, x: Value, kernel: readonly number[] | undefined): WindowAttributes {
  const [strides, dilations, pads] = [list(node, "strides"), list(node, "dilations"), list(node, "pads")];
  const autoPad = node.choice("auto_pad", ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"], "NOTSET");
  if (autoPad === "NOTSET") return { strides, dilations, pads };
  if (autoPad === "VALID") return { strides, dilations };
  const same: WindowAttributes = { strides, dilations, autoPad: autoPad === "SAME_UPPER" ? "sameUpper" : "sameLower" };
  const input = x.type.kind === "tensor" ? x.type.shape?.slice(2) : undefined;
  if (kernel === undefined || !input?.every((dim) => typeof dim === "number")) return same;
  const { begins, ends } = settleWindow(input as readonly number[], kernel, same);
  return { strides, dilations, pads: [...begins, ...ends] };
}

/** The kernel's sizes from w, where known; kernel_shape, when given, must say the same. */
export function kernelOfWeights(node: OnnxNode, w: Value): readonly number[] | undefined {
  const declared = list(node, "kernel_shape");
  const sizes = w.type.kind === "tensor" ? w.type.shape?.slice(2) : undefined;
  if (sizes === undefined || !sizes.every((dim) => typeof dim === "number")) return declared;
  if (declared !== undefined && (declared.length !== sizes.length || declared.some((size, i) => size !== sizes[i]))) {
    throw new FormatError(
      `kernel_shape is [${declared.join(", ")}] but the weights have a kernel of [${sizes.join(", ")}].`,
    );
  }
  return sizes as readonly number[];
}
