import type { DType } from "../../tensor/dtype.ts";

/** Types that hold every value of another one exactly. */
const widenings: Partial<Record<DType, readonly DType[]>> = {
  bool: ["u8", "i8", "i16", "u16", "i32", "u32", "i64", "u64", "f16", "bf16", "f32", "f64"],
  u8: ["i16", "u16", "i32", "u32", "i64", "u64", "f16", "f32", "f64"],
  i8: ["i16", "i32", "i64", "f16", "f32", "f64"],
  i16: ["i32", "i64", "f32", "f64"],
  u16: ["i32", "u32", "i64", "u64", "f32", "f64"],
  i32: ["i64", "f64"],
  f16: ["f32", "f64"],
  bf16: ["f32", "f64"],
  f32: ["f64"],
};

/** True where every value of `from` is one of `to`. */
export const isWidening = (from: DType | undefined, to: DType | undefined): boolean =>
  from !== undefined && to !== undefined && (widenings[from]?.includes(to) ?? false);
