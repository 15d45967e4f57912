/**
 * erf and its complement in double precision, by the rational Chebyshev approximations of W. J. Cody, "Rational Chebyshev
 * approximations for the error function", Mathematics of Computation 23 (1969). Relative error below 1e-15 as long as
 * the result is a normal number.
 */

/** Numerators and denominators by rising powers. */
const near = {
  top: [3209.377589138469, 377.485237685302, 113.8641541510502, 3.161123743870566, 0.1857777061846032],
  bottom: [2844.236833439171, 1282.616526077372, 244.0246379344442, 23.60129095234412, 1],
};
const middle = {
  top: [
    1230.3393547979972, 2051.0783778260716, 1712.0476126340707, 881.952221241769, 298.6351381974001, 66.11919063714163,
    8.883149794388377, 0.5641884969886701, 2.1531153547440383e-8,
  ],
  bottom: [
    1230.3393548037495, 3439.3676741437216, 4362.619090143247, 3290.7992357334597, 1621.3895745666903,
    537.1811018620099, 117.6939508913125, 15.744926110709835, 1,
  ],
};
const far = {
  top: [
    -0.0006587491615298378, -0.016083785148742275, -0.12578172611122926, -0.36034489994980445, -0.30532663496123236,
    -0.016315387137302097,
  ],
  bottom: [0.0023352049762686918, 0.06051834131244132, 0.5279051029514285, 1.8729528499234673, 2.568520192289822, 1],
};

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i]!;
  return sum;
}

const ratio = ({ top, bottom }: typeof near, x: number): number => polynomial(top, x) / polynomial(bottom, x);

/** e^(-x²), with x² split so that no bit of it is lost. */
function gaussian(x: number): number {
  const head = Math.trunc(x * 16) / 16;
  return Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
}

/** The complement for x above the range of `near`. */
function tail(x: number): number {
  if (x <= 4) return gaussian(x) * ratio(middle, x);
  if (x > 27) return 0;
  const z = 1 / (x * x);
  return (gaussian(x) / x) * (1 / Math.sqrt(Math.PI) + z * ratio(far, z));
}

const boundary = 0.46875;

/** 2/√π · ∫₀ˣ e^(−t²) dt. */
export function errorFunction(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude <= boundary) return x * ratio(near, x * x);
  return Number.isNaN(x) ? x : Math.sign(x) * (1 - tail(magnitude));
}

/** 1 − erf(x), without cancellation for large x. */
export function complementaryErrorFunction(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude <= boundary) return 1 - x * ratio(near, x * x);
  if (Number.isNaN(x)) return x;
  return x > 0 ? tail(x) : 2 - tail(magnitude);
}
