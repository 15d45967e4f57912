import type { Storage } from "../../ir/type.ts";
import type { DType } from "../../tensor/dtype.ts";

const storages: Partial<Record<DType, Storage>> = {
  f32: "f32",
  f16: "f16",
  bf16: "bf16",
  i32: "i32",
  i16: "i16",
  u16: "u16",
  i8: "i8",
  u8: "u8",
  bool: "u8",
};

/** How kernels store a dtype; undefined for those they cannot compute with. */
export function storageOf(dtype: DType): Storage | undefined {
  return storages[dtype];
}

/** How elementwise kernels do: as others, and i64 as pairs of words. */
export type ElementStorage = Storage | "i64";

export const elementStorageOf = (dtype: DType): ElementStorage | undefined =>
  dtype === "i64" ? "i64" : storageOf(dtype);
