import type { Op } from "../graph/op.ts";
import { UsageError } from "../tensor/errors.ts";
import { ops } from "./index.ts";

const registered = new Map<string, Op>();

/** Adds an operator by name to those that plans can run. Throws UsageError when the engine has one of that name. */
export function addOp(op: Op): void {
  if (Object.hasOwn(ops, op.name))
    throw new UsageError(`The engine has an operator "${op.name}" already; choose another name.`);
  registered.set(op.name, op);
}

/** The operator of a name, built in or registered. Throws UsageError when there is none. */
export function resolveOp(name: string): Op {
  const found = (ops as Readonly<Record<string, Op>>)[name] ?? registered.get(name);
  if (found !== undefined) return found;
  throw new UsageError(`There is no operator "${name}". Register it with registerOp before loading the model.`);
}
