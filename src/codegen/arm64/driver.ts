import { cursorRecord, nativeContext, stepRecord } from "../../ir/driver-layout.ts";
import { Assembler, Label } from "./assembler.ts";
import { condition } from "./operand-kind.ts";
import { fixed } from "./registers.ts";

/** What the driver keeps while kernels run; all are registers that kernels give back. */
const [context, arena, cursor, record, item, end, items] = [19, 20, 21, 22, 23, 24, 25];
const link = 30;
const saved = [context, arena, cursor, record, item, end, items, link] as const;
const frameBytes = 8 * saved.length;
const [first, second] = [9, 10];

/**
 * The driver of a native host, `int entry(context, unused)` as `driver-layout` describes it, in the procedure call standard
 * of AArch64; it returns 0.
 */
export function driver(): Assembler {
  const code = new Assembler();
  const [steps, done] = [new Label(), new Label()];
  enter(code);
  start(code);
  code.bind(steps);
  code.emit("ldr_w", first, cursor, cursorRecord.step);
  code.emit("ldr_w", second, context, nativeContext.count);
  code.emit("cmp_w", first, second);
  code.emit("b_cond", condition.ge, done);
  itemsOfStep(code, done);
  code.emit("movz_w", item, 0, 0);
  code.emit("str_w", item, cursor, cursorRecord.item);
  code.emit("ldr_w", first, cursor, cursorRecord.step);
  code.emit("add_wi", first, first, 1);
  code.emit("str_w", first, cursor, cursorRecord.step);
  code.emit("add_xi", record, record, stepRecord.bytes);
  code.emit("b", steps);
  code.bind(done);
  leave(code);
  return code;
}

function enter(code: Assembler): void {
  code.emit("sub_xi", fixed.sp, fixed.sp, frameBytes);
  saved.forEach((register, i) => void code.emit("str_x", register, fixed.sp, 8 * i));
}

/** Puts addresses into registers: of the arena, the cursor, and the step's record. */
function start(code: Assembler): void {
  code.emit("mov_x", context, 0);
  code.emit("ldr_x", arena, context, nativeContext.base);
  code.emit("ldr_w", cursor, context, nativeContext.cursor);
  code.emit("add_x", cursor, cursor, arena);
  code.emit("ldr_w", item, cursor, cursorRecord.item);
  code.emit("ldr_w", first, cursor, cursorRecord.step);
  code.emit("ldr_w", record, context, nativeContext.steps);
  code.emit("add_x", record, record, arena);
  code.emit("add_xl", record, record, first, Math.log2(stepRecord.bytes));
}

/** Calls the kernel in chunks until the step's items are done, the budget is used up, or the abort word is set. */
function itemsOfStep(code: Assembler, done: Label): void {
  const [chunks, next] = [new Label(), new Label()];
  code.emit("ldr_w", items, record, stepRecord.items);
  code.bind(chunks);
  code.emit("cmp_w", item, items);
  code.emit("b_cond", condition.ge, next);
  code.emit("ldr_w", first, cursor, cursorRecord.budget);
  code.emit("cmp_wi", first, 0);
  code.emit("b_cond", condition.le, done);
  code.emit("ldr_w", first, cursor, cursorRecord.abort);
  code.emit("cbnz_w", first, done);
  code.emit("ldr_w", end, record, stepRecord.chunk);
  code.emit("sub_w", first, items, item);
  code.emit("cmp_w", first, end);
  code.emit("csel_w", end, first, end, condition.lt);
  code.emit("add_w", end, end, item);
  callKernel(code);
  code.emit("mov_w", item, end);
  code.emit("str_w", item, cursor, cursorRecord.item);
  code.emit("ldr_w", first, cursor, cursorRecord.budget);
  code.emit("sub_wi", first, first, 1);
  code.emit("str_w", first, cursor, cursorRecord.budget);
  code.emit("b", chunks);
  code.bind(next);
}

function callKernel(code: Assembler): void {
  code.emit("ldr_w", first, record, stepRecord.entry);
  code.emit("ldr_x", second, context, nativeContext.code);
  code.emit("add_x", first, first, second);
  code.emit("mov_x", fixed.base, arena);
  code.emit("ldr_w", fixed.args, record, stepRecord.args);
  code.emit("mov_w", fixed.begin, item);
  code.emit("mov_w", fixed.end, end);
  code.emit("ldr_w", fixed.scratch, context, nativeContext.scratch);
  code.emit("blr", first);
}

function leave(code: Assembler): void {
  saved.forEach((register, i) => void code.emit("ldr_x", register, fixed.sp, 8 * i));
  code.emit("add_xi", fixed.sp, fixed.sp, frameBytes);
  code.emit("movz_w", 0, 0, 0);
  code.emit("ret");
}
