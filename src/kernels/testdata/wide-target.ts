import type { Target } from "../../ir/target.ts";

/** A machine with vectors of 1024 bits and a multiply-add that rounds once. */
export const wide: Target = {
  name: "wide",
  lanes: 32,
  fused: true,
  tileRegisters: 32,
  foldRegisters: 2,
  tiles: [
    { mr: 12, nv: 2 },
    { mr: 1, nv: 8 },
  ],
  features: new Set(),
};
