import type { Storage } from "../../ir/type.ts";
import { resolveAxis } from "../../ops/axis.ts";
import { axisLines } from "../../ops/axis-lines.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { elementStorageOf } from "../elementwise/storage-of.ts";
import { knownNumbers } from "../movement/movement-schedule.ts";
import type { Schedule } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import type { Running } from "./running.ts";
import { runningColumns, runningLines } from "./running.ts";

/** Elements of an item, more or less. */
const itemElements = 4096;
/** Lines side by side that are worth lanes. */
const leastColumns = 8;
const columnBlock = 64;

export const runningSchedule: Schedule = {
  name: "running",
  ops: ["cumSum", "cumProd"],
  plan({ op, attributes, operands: [x, axis], results: [y] }) {
    if (x === undefined || y === undefined) return "nobody uses the result";
    const storage = elementStorageOf(x.dtype);
    if (storage === undefined) return `${x.dtype} has no running totals`;
    const [along] = knownNumbers(axis) ?? [];
    if (along === undefined) return "its axis is known only while it runs";
    const { exclusive = false, reverse = false } = attributes as Partial<Running>;
    const options: Running = { op: op === "cumSum" ? "add" : "mul", storage, exclusive, reverse };
    const { outer, length, inner } = axisLines(x.shape, resolveAxis(along, x.shape.length));
    const count = outer * length * inner;
    if (count === 0) return { launches: [] };
    const work = { flops: count, bytes: 2 * bytesFor(x.dtype, count) };
    const words = { x: operand(0), y: result(), length, inner };
    if (inner >= leastColumns && storage !== "i64") {
      const blocks = Math.ceil(inner / columnBlock);
      const kernel = use(runningColumns, options as Running & { readonly storage: Storage });
      const columns = { ...work, kernel, words: { ...words, blocks, block: columnBlock }, items: outer * blocks };
      return { launches: [columns], inPlace: [0] };
    }
    const lines = outer * inner;
    const block = Math.max(1, Math.floor(itemElements / length));
    const launch = { kernel: use(runningLines, options), words: { ...words, lines, block } };
    return { launches: [{ ...work, ...launch, items: Math.ceil(lines / block) }], inPlace: [0] };
  },
};
