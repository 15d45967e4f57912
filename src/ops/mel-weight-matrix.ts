import { knownDims } from "../graph/known-dims.ts";
import { tensorType } from "../graph/type.ts";
import { addDims, floorDivDims, unknownDim } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import { op } from "./op.ts";
import { scalarNumber, scalarOperand } from "./scalar-operand.ts";

export interface MelAttributes {
  readonly dtype: DType;
}

const operandNames = ["melBins", "dftLength", "sampleRate", "lowerHertz", "upperHertz"] as const;

const toMel = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700);
const toHertz = (mel: number): number => 700 * (10 ** (mel / 2595) - 1);

/**
 * Triangles of height 1 that gather the floor(dftLength/2)+1 bins of a spectrum into melBins, evenly spaced on the mel scale
 * between two frequencies: [bins, melBins]. All operands are scalars.
 */
export const melWeightMatrix = op("melWeightMatrix", operandNames, {
  infer(operands, { dtype }: MelAttributes) {
    const [melBins, dftLength] = operands;
    for (const [i, name] of operandNames.entries()) scalarOperand(operands[i], name, "numeric");
    const bins = addDims(floorDivDims(knownDims(dftLength)?.[0] ?? unknownDim, 2), 1);
    return tensorType(dtype, [bins, knownDims(melBins)?.[0] ?? unknownDim]);
  },
  eval(inputs, { dtype }: MelAttributes) {
    const [melBins, dftLength, sampleRate, lowerHertz, upperHertz] = inputs.map((input, i) =>
      scalarNumber(input, operandNames[i] as string),
    ) as Five;
    if (!(melBins >= 0 && dftLength >= 0))
      throw new ShapeError(`melBins and dftLength must not be negative, got ${melBins} and ${dftLength}.`);
    const [low, high] = [toMel(lowerHertz), toMel(upperHertz)];
    const step = (high - low) / (melBins + 2);
    const edge = (i: number) => Math.floor(((dftLength + 1) * toHertz(low + i * step)) / sampleRate);
    const bins = Math.floor(dftLength / 2) + 1;
    const out = new Float64Array(bins * melBins);
    for (let mel = 0; mel < melBins; mel++) {
      const [left, center, right] = [edge(mel), edge(mel + 1), edge(mel + 2)];
      for (let bin = Math.max(left, 0); bin < Math.min(Math.max(right, center + 1), bins); bin++) {
        const slope = bin < center ? (bin - left) / (center - left) : (right - bin) / (right - center);
        out[bin * melBins + mel] = bin === center ? 1 : slope;
      }
    }
    return fromNumbers(dtype, [bins, melBins], out);
  },
});

type Five = [number, number, number, number, number];
