/** The distance of neighbouring f32 numbers at |x|. */
export function ulpAt(x: number): number {
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(x), 2 ** -126)));
  return 2 ** (Math.min(exponent, 127) - 23);
}
