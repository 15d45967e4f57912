import { resolveAxis } from "../../ops/axis.ts";
import { dtypes } from "../../tensor/dtype.ts";
import { rowMajorStrides } from "../../tensor/shape.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { Loop } from "../movement/copy-plan.ts";
import { bodyOf, elementLoops } from "../movement/copy-plan.ts";
import { elementBytes } from "../movement/element-bytes.ts";
import type { Launches, Schedule, StepFacts, TensorFacts } from "../schedule.ts";
import { operand, result } from "../schedule.ts";
import { indexForm } from "./index-facts.ts";
import type { IndexedRows } from "./index-launch.ts";
import { indexLaunches } from "./index-launch.ts";

/** A step that takes entries of x by indices. */
interface Gathering {
  readonly step: StepFacts;
  readonly x: TensorFacts;
  readonly indices: TensorFacts;
  readonly y: TensorFacts;
  /** Bytes of an element, less than 1 where several share a byte. */
  readonly width: number;
}

type Rows = Pick<IndexedRows, "body" | "loops" | "limits" | "strides" | "per">;

function gatheringSchedule(op: string, rowsOf: (gathering: Gathering) => Rows): Schedule {
  return {
    name: op,
    ops: [op],
    plan(step): Launches | string {
      const [[x, indices], [y]] = [step.operands, step.results];
      if (x === undefined || indices === undefined || y === undefined) return "nobody uses the result";
      const rows = rowsOf({ step, x, indices, y, width: dtypes[x.dtype].bits / 8 });
      const odd = elementBytes(x.dtype);
      if (typeof odd === "string" && (rows.body.bytes === 0 || !Number.isInteger(rows.body.bytes))) return odd;
      const form = indexForm(indices, rows.limits);
      if (typeof form === "string") return form;
      if (elementCount(y.shape) === 0)
        return elementCount(indices.shape) === 0 ? { launches: [] } : "its result is empty: eval checks the indices";
      const places = { source: operand(0), target: result(), indices: operand(1) };
      return indexLaunches({ ...rows, ...places, form, side: "from" });
    },
  };
}

/** Loops without those of one turn, but for the last, which is over the rows. */
const around = (outer: readonly Loop[], rows: Loop): Loop[] => [...outer.filter(({ count }) => count > 1), rows];

const gatherSchedule = gatheringSchedule("gather", ({ step, x, indices, width }) => {
  const axis = resolveAxis((step.attributes as { readonly axis: number }).axis, x.shape.length);
  const limit = x.shape[axis] as number;
  const run = elementCount(x.shape.slice(axis + 1)) * width;
  const rows = elementCount(indices.shape);
  const outer = { count: elementCount(x.shape.slice(0, axis)), from: limit * run, to: rows * run };
  const loops = around([outer], { count: rows, from: 0, to: run });
  return { body: bodyOf(run), loops, limits: [limit], strides: [run], per: "row" };
});

const gatherNdSchedule = gatheringSchedule("gatherNd", ({ step, x, indices, width }) => {
  const { batchDims } = step.attributes as { readonly batchDims: number };
  const depth = indices.shape.at(-1) as number;
  const strides = rowMajorStrides(x.shape).map((stride) => stride * width);
  const run = elementCount(x.shape.slice(batchDims + depth)) * width;
  const rows = elementCount(indices.shape.slice(batchDims, -1));
  const size = elementCount(x.shape.slice(batchDims)) * width;
  const outer = { count: elementCount(x.shape.slice(0, batchDims)), from: size, to: rows * run };
  return {
    body: bodyOf(run),
    loops: around([outer], { count: rows, from: 0, to: run }),
    limits: x.shape.slice(batchDims, batchDims + depth),
    strides: strides.slice(batchDims, batchDims + depth),
    per: "both",
  };
});

const gatherElementsSchedule = gatheringSchedule("gatherElements", ({ step, x, indices, width }) => {
  const axis = resolveAxis((step.attributes as { readonly axis: number }).axis, x.shape.length);
  const strides = rowMajorStrides(x.shape);
  const along = strides[axis] as number;
  return {
    body: bodyOf(width),
    loops: elementLoops({
      shape: indices.shape,
      from: strides.with(axis, 0),
      to: rowMajorStrides(indices.shape),
      width,
    }),
    limits: [x.shape[axis] as number],
    strides: [along * width],
    per: "both",
  };
});

export const gatherSchedules: readonly Schedule[] = [gatherSchedule, gatherNdSchedule, gatherElementsSchedule];
