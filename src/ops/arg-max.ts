import { argExtreme } from "./arg-extreme.ts";

/** The index of the greatest element along an axis, as i64; NaN counts as the greatest. */
export const argMax = argExtreme("argMax", 1);
