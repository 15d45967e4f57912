import type { Kernel } from "../ir/node.ts";
import type { Launch, Place } from "../kernels/schedule.ts";
import { invariant } from "../tensor/errors.ts";

/** A word of an argument block: a number, or an offset in the arena, whose address may change. */
export interface Word {
  readonly kind: "i32" | "f32" | "arena";
  readonly value: number;
}

/** Where a place is: in the arena, or at an address that stays. */
export interface Address {
  readonly arena: boolean;
  readonly at: number;
}

/** The words of a launch, in the order in which its kernel declares them. */
export function argumentWords(
  { kernel, words }: Launch,
  declared: Kernel["words"],
  addressOf: (place: Place) => Address,
): Word[] {
  return declared.map(({ name, type }): Word => {
    const value = words[name];
    invariant(value !== undefined, `a launch of kernel "${kernel.key}" lacks its argument ${name}.`);
    if (typeof value === "number") return { kind: type, value };
    const { arena, at } = addressOf(value);
    return { kind: arena ? "arena" : "i32", value: at + value.bytes };
  });
}
