import { argExtreme } from "./arg-extreme.ts";

/** The index of the least element along an axis, as i64; NaN counts as the least. */
export const argMin = argExtreme("argMin", -1);
