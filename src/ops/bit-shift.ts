import { binary } from "./binary.ts";

/** a shifted by b bits, the new ones zero (copies of the sign for negative a, shifted right). A shift by the width or more leaves none of the old bits. */
export const bitShift = binary<{ readonly direction: "left" | "right" }>("bitShift", {
  eval: (a, b, { direction }) => (direction === "left" ? a * 2 ** b : Math.floor(a / 2 ** b)),
  evalBig: (a, b, { direction }) => (direction === "left" ? (b < 64n ? a << b : 0n) : a >> (b < 64n ? b : 64n)),
  on: "integer",
  examples: [
    [5, 3, 40, { direction: "left" }],
    [21, 2, 5, { direction: "right" }],
    [1, 100, 0, { direction: "right" }],
  ],
});
