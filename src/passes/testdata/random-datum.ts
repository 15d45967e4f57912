import type { Type } from "../../graph/type.ts";
import { formatType } from "../../graph/type.ts";
import type { Datum } from "../../tensor/datum.ts";
import { bindDim, symbolsOf } from "../../tensor/dim.ts";
import { dtypes } from "../../tensor/dtype.ts";
import { fromNumbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount, tensor } from "../../tensor/tensor.ts";

/** A seeded source of numbers in [0, 1). */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  const { u32 } = createRandom(seed);
  return () => u32() / 2 ** 32;
}

/** Binds every symbol of the types to a number from 1 to 5. */
export function randomBindings(types: readonly Type[], random: Random): Map<string, number> {
  const bindings = new Map<string, number>();
  for (const type of types) {
    if (type.kind !== "tensor") continue;
    for (const dim of type.shape ?? []) {
      for (const name of symbolsOf(dim)) if (!bindings.has(name)) bindings.set(name, 1 + Math.floor(random() * 5));
    }
  }
  return bindings;
}

/** A datum of the type: floats in [-2, 2), integers from -3 to 3 (0 to 6 unsigned). Unknown dims and ranks are a few elements. */
export function randomDatum(type: Type, bindings: ReadonlyMap<string, number>, random: Random): Datum {
  switch (type.kind) {
    case "tensor": {
      const shape = (type.shape ?? [2, 3]).map((dim) => bindDim(dim, bindings) ?? 3);
      return randomTensor(type.dtype, shape, random);
    }
    case "sequence":
      return [0, 1, 2].map(() => randomDatum(type.item, bindings, random));
    case "optional":
      return random() < 0.5 ? null : randomDatum(type.item, bindings, random);
    default:
      throw new TypeError(`No random data for ${formatType(type)}.`);
  }
}

function randomTensor(dtype: Tensor["dtype"], shape: readonly number[], random: Random): Tensor {
  const { kind } = dtypes[dtype];
  const draw = (scale: number, offset: number) =>
    Array.from({ length: elementCount(shape) }, () => random() * scale + offset);
  if (kind === "float") return fromNumbers(dtype, shape, draw(4, -2));
  if (kind === "string")
    return tensor(
      "string",
      shape,
      draw(26, 97).map((code) => String.fromCharCode(code)),
    );
  const [choices, least] = kind === "bool" ? [2, 0] : kind === "uint" ? [7, 0] : [7, -3];
  return fromNumbers(dtype, shape, draw(choices, least).map(Math.floor));
}
