/** Between floats and integers with a scale and a zero point. */
import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { Wide } from "../../ir/wide.ts";
import { integerRange } from "../../ops/integer-range.ts";
import type { QuantizationAttributes } from "../../ops/quantization.ts";
import type { DType } from "../../tensor/dtype.ts";
import { elementwiseLaunch } from "../elementwise/elementwise-launch.ts";
import type { Launches, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { parameterLayout } from "./parameter-layout.ts";
import { Unpacking } from "./unpacked.ts";

type Values = readonly (Node | Wide)[];

const small: ReadonlySet<DType> = new Set<DType>(["i8", "u8", "i16", "u16", "i4", "u4"]);
const floats: ReadonlySet<DType> = new Set<DType>(["f32", "f16", "bf16"]);

interface Formula {
  readonly key: string;
  readonly flops: number;
  readonly formula: (k: Builder, ...values: Values) => Node;
}

/** A formula over x, its scale and its zero point, wherever they are one for the tensor, an index or a block. */
function launches(step: StepFacts, dtype: DType, { key, flops, formula }: Formula): Launches | string {
  const [x, scale, zero] = step.operands as readonly [TensorFacts, TensorFacts, TensorFacts | undefined];
  const layout = parameterLayout(x.shape, scale.shape, step.attributes as QuantizationAttributes);
  if (typeof layout === "string") return layout;
  const unpacking = new Unpacking();
  const operands = [x, scale, ...(zero ? [zero] : [])].map((facts, i) => {
    const made = unpacking.operand(facts, i);
    return { ...made, shape: i === 0 ? layout.x : layout.parameter(facts.shape) };
  });
  const { launch } = elementwiseLaunch({ shape: layout.x, operands, dtype, key, flops, formula });
  return { launches: [...unpacking.launches, launch], temporaries: unpacking.temporaries };
}

export const dequantizeSchedule: Schedule = {
  name: "dequantize",
  ops: ["dequantizeLinear"],
  plan(step) {
    const [[x, scale, zero], [y]] = [step.operands, step.results];
    if (x === undefined || scale === undefined || y === undefined) return "nobody uses the result";
    if (!small.has(x.dtype) && (x.dtype !== "i32" || zero)) return `${x.dtype} has no kernels to dequantize it`;
    if (!floats.has(scale.dtype) || !floats.has(y.dtype)) return `scales of ${scale.dtype} have no kernels`;
    return launches(step, y.dtype, {
      key: "dequantize",
      flops: 2,
      formula: (k, value, factor, offset) =>
        k.mul(k.toF32(offset ? k.isub(value as Node, offset as Node) : (value as Node)), factor as Node),
    });
  },
};

export const quantizeSchedule: Schedule = {
  name: "quantize",
  ops: ["quantizeLinear"],
  plan(step) {
    const [[x, scale], [y]] = [step.operands, step.results];
    if (x === undefined || scale === undefined || y === undefined) return "nobody uses the result";
    const { to, precision } = step.attributes as { readonly to: DType; readonly precision?: DType };
    if (!small.has(to) || to === "i4" || to === "u4") return `nothing is quantized to ${to} by kernels`;
    if (x.dtype !== "f32" || scale.dtype !== "f32" || (precision ?? "f32") !== "f32")
      return `${x.dtype} by ${scale.dtype} has no kernels to quantize it`;
    const [min, max] = integerRange(to);
    return launches(step, to, {
      key: "quantize",
      flops: 4,
      formula: (k, value, factor, offset) => quantized(k, { value, factor, offset } as never, [min, max]),
    });
  },
};

/** round(value / factor) + offset within a range; the least for NaN. */
function quantized(
  k: Builder,
  { value, factor, offset }: { readonly value: Node; readonly factor: Node; readonly offset: Node | undefined },
  [min, max]: readonly [number, number],
): Node {
  const rounded = k.roundEven(k.div(value, factor));
  const shift = offset && k.toF32(offset);
  const bound = (limit: number): Node => {
    const constant = k.constant(limit, "vec f32");
    return shift ? k.sub(constant, shift) : constant;
  };
  const [low, high] = [bound(min), bound(max)];
  const inside = k.toI32(k.select(k.lt(low, rounded), k.minAny(rounded, high), low));
  return offset ? k.iadd(inside, offset) : inside;
}
