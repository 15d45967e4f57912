import type { GridSampleSettings } from "../../ops/grid-taps.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { Launches, Schedule, StepFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { gridSample, pointsOfItem } from "./grid-sample.ts";

/** Of a tap: the multiply-add, in every channel. */
const flopsOfPoint = 8;

export const gridSampleSchedule: Schedule = {
  name: "grid-sample",
  ops: ["gridSample"],
  plan(step): Launches | string {
    const [[x, grid], [y]] = [step.operands, step.results];
    if (x === undefined || grid === undefined || y === undefined) return "nobody uses the result";
    const { mode, padding, alignCorners } = step.attributes as StepFacts["attributes"] & GridSampleSettings;
    if (x.dtype !== "f32" || grid.dtype !== "f32") return `x of ${x.dtype} and a grid of ${grid.dtype} have no kernels`;
    if (x.shape.length !== 4) return `${x.shape.length - 2} spatial axes have no kernels`;
    if (mode !== "linear" || padding === "reflection") return `mode ${mode} with padding ${padding} has no kernels`;
    const [batch, channels, height, width] = x.shape as [number, number, number, number];
    if (grid.shape[0] !== batch || height * width === 0) return "the grid does not fit x: eval says so";
    const places = elementCount(grid.shape.slice(1, -1));
    const total = batch * places;
    if (total * channels === 0) return { launches: [] };
    const blocks = Math.ceil(places / pointsOfItem);
    const kernel = use(gridSample, { zeros: padding === "zeros", alignCorners });
    const words = { x: operand(0), grid: operand(1), y: result(), channels, height, width, places, blocks };
    const flops = total * channels * flopsOfPoint;
    const bytes = 4 * (elementCount(x.shape) + elementCount(grid.shape) + elementCount(y.shape));
    return { launches: [{ kernel, words, items: batch * blocks, flops, bytes }] };
  },
};
