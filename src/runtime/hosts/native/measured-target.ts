import type { Target } from "../../../ir/target.ts";
import { invariant } from "../../../tensor/errors.ts";
import type { NativeCodegen } from "./native-codes.ts";
import type { NativeHost } from "./native-host.ts";

/** A target with the lanes that its vectors have on this machine. */
export function measuredTarget(host: NativeHost, { target, lanes }: NativeCodegen): Target {
  if (lanes === undefined) return target;
  using region = host.map(lanes());
  const memory = new ArrayBuffer(64);
  const { base } = host.memory({ buffer: memory });
  region.entry(0)(base, base);
  const [measured = 0] = new Int32Array(memory);
  invariant(measured > 0, `${target.name} says that its vectors have ${measured} lanes.`);
  return { ...target, lanes: measured };
}
