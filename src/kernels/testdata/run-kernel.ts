import { legalize } from "../../ir/legalize/legalize.ts";
import type { Kernel } from "../../ir/node.ts";
import { verify } from "../../ir/verify.ts";
import type { Machine } from "./machines.ts";

export type Data = Float32Array | Uint16Array | Int32Array | Int16Array | Int8Array | Uint8Array;

/** Arguments by the name of their word: arrays go to memory and their offset is passed; numbers are passed. */
export type KernelArguments = Readonly<Record<string, Data | number>>;

export interface RunOptions {
  readonly items: number;
  readonly begin?: number;
  /** Bytes from a multiple of 64 at which each array begins. */
  readonly misalign?: number;
}

const guard = 64;
const filler = 0xa5;

/** Runs a kernel and gives its arrays as it left them. Throws when it has written anywhere else. */
export function runKernel<A extends KernelArguments>(
  kernel: Kernel,
  machine: Machine,
  args: A,
  { items, begin = 0, misalign = 0 }: RunOptions,
): { [K in keyof A]: A[K] } {
  verify(kernel);
  verify(legalize(kernel, machine.target));
  const places = new Map<string, number>();
  const seen = new Map<Data, number>();
  let end = 1024;
  for (const [name, value] of Object.entries(args)) {
    if (typeof value === "number") continue;
    const place = seen.get(value) ?? end + guard + misalign;
    seen.set(value, place);
    places.set(name, place);
    end = Math.max(end, Math.ceil((place + value.byteLength) / 64) * 64 + guard);
  }
  const scratch = end;
  const memory = new ArrayBuffer(scratch + kernel.scratchBytes + 4096);
  const bytes = new Uint8Array(memory).fill(filler);
  const view = new DataView(memory);
  kernel.words.forEach(({ name, type }, word) => {
    const value = places.get(name) ?? args[name];
    if (typeof value !== "number") throw new RangeError(`Kernel ${kernel.name} needs an argument ${name}.`);
    if (type === "f32") view.setFloat32(4 * word, value, true);
    else view.setInt32(4 * word, value, true);
  });
  const untouched = bytes.subarray(4 * kernel.words.length, scratch);
  for (const [data, place] of seen) bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place);
  machine.run(kernel, { memory, args: 0, begin, end: items, scratch });
  const result = { ...args } as Record<string, Data | number>;
  for (const [name, place] of places) {
    const data = args[name] as Data;
    const copy = bytes.slice(place, place + data.byteLength);
    result[name] = new (data.constructor as new (buffer: ArrayBuffer) => Data)(copy.buffer);
  }
  for (const [data, place] of seen) bytes.fill(filler, place, place + data.byteLength);
  const stray = untouched.findIndex((byte) => byte !== filler);
  if (stray >= 0)
    throw new Error(
      `${kernel.name} on ${machine.name} wrote to byte ${stray + 4 * kernel.words.length}, outside its arrays.`,
    );
  return result as { [K in keyof A]: A[K] };
}
