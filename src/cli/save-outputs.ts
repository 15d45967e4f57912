import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeNpy } from "../tensor/npy.ts";
import { writeNpz } from "../tensor/npz.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Writes each tensor to NAME.npy in `folder`, which is made if need be, and all of them to outputs.npz. Answers the files' paths. */
export async function saveOutputs(folder: string, tensors: ReadonlyMap<string, Tensor>): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  const write = async (file: string, bytes: Uint8Array) => {
    const path = join(folder, file);
    await writeFile(path, bytes);
    written.push(path);
  };
  const taken = new Set<string>();
  for (const [name, tensor] of tensors) await write(`${fileName(name, taken)}.npy`, writeNpy(tensor));
  await write("outputs.npz", writeNpz(tensors));
  return written;
}

/** The name with what file systems do not take replaced by "_", and a number behind it when that name is taken. */
function fileName(name: string, taken: Set<string>): string {
  const safe = name.replace(/[^\w.[\]+-]/g, "_").replace(/^\.+/, "_") || "_";
  let candidate = safe;
  for (let i = 2; taken.has(candidate.toLowerCase()); i++) candidate = `${safe}-${i}`;
  taken.add(candidate.toLowerCase());
  return candidate;
}
