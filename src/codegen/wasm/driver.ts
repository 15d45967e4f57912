import { cursorRecord, stepRecord } from "../../ir/driver-layout.ts";
import { emptyBlock, FunctionWriter } from "./function-writer.ts";
import { encodeModule } from "./module.ts";

const [steps, count, cursor] = [0, 1, 2];

/** The module of the driver, the same for every plan: it exports `run(steps, count, cursor)`, which calls kernels through `env.table`. */
export function driverModule({ shared }: { readonly shared: boolean }): Uint8Array<ArrayBuffer> {
  return encodeModule([{ name: "run", body: driverBody() }], { shared, table: true });
}

function driverBody(): Uint8Array {
  const writer = new FunctionWriter(3);
  const op = writer.op.bind(writer);
  const [step, item, budget, record, items, end] = Array.from({ length: 6 }, () => writer.local("i32")) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const load = (base: number, offset: number): void => {
    op("local.get", base);
    op("i32.load", 2, offset);
  };
  const save = (offset: number, local: number): void => {
    op("local.get", cursor);
    op("local.get", local);
    op("i32.store", 2, offset);
  };
  const exitWhen = (depth: number): void => op("br_if", depth);
  for (const [local, offset] of [
    [step, cursorRecord.step],
    [item, cursorRecord.item],
    [budget, cursorRecord.budget],
  ] as const) {
    load(cursor, offset);
    op("local.set", local);
  }
  op("block", emptyBlock);
  op("loop", emptyBlock);
  op("local.get", step);
  op("local.get", count);
  op("i32.ge_s");
  exitWhen(1);
  op("local.get", steps);
  op("local.get", step);
  op("i32.const", 4);
  op("i32.shl");
  op("i32.add");
  op("local.set", record);
  load(record, stepRecord.items);
  op("local.set", items);
  op("block", emptyBlock);
  op("loop", emptyBlock);
  op("local.get", item);
  op("local.get", items);
  op("i32.ge_s");
  exitWhen(1);
  op("local.get", budget);
  op("i32.const", 0);
  op("i32.le_s");
  exitWhen(3);
  load(cursor, cursorRecord.abort);
  exitWhen(3);
  load(record, stepRecord.chunk);
  op("local.get", items);
  op("local.get", item);
  op("i32.sub");
  load(record, stepRecord.chunk);
  op("local.get", items);
  op("local.get", item);
  op("i32.sub");
  op("i32.lt_s");
  op("select");
  op("local.get", item);
  op("i32.add");
  op("local.set", end);
  load(record, stepRecord.args);
  op("local.get", item);
  op("local.get", end);
  load(record, stepRecord.entry);
  op("call_indirect", 0, 0);
  op("local.get", end);
  op("local.set", item);
  op("local.get", budget);
  op("i32.const", 1);
  op("i32.sub");
  op("local.set", budget);
  op("br", 0);
  op("end");
  op("end");
  op("local.get", step);
  op("i32.const", 1);
  op("i32.add");
  op("local.set", step);
  op("i32.const", 0);
  op("local.set", item);
  op("br", 0);
  op("end");
  op("end");
  save(cursorRecord.step, step);
  save(cursorRecord.item, item);
  save(cursorRecord.budget, budget);
  return writer.finish();
}
