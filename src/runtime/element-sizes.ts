import { elementNames } from "../graph/element-names.ts";
import { elementDims } from "../plan/element-dims.ts";
import type { Plan, PlanPort } from "../plan/plan.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import type { Dim } from "../tensor/dim.ts";
import { bindDim, isElementName, substituteDim, symbolsOf } from "../tensor/dim.ts";
import { dimEvaluator } from "../tensor/dim-evaluator.ts";

/** An element of an integer input, and its symbol. */
interface InputElement {
  readonly name: string;
  readonly input: number;
  readonly index: number;
}

/** The sizes of a plan that depend on elements of its inputs. */
export class ElementSizes {
  readonly #dims: readonly Dim[];
  readonly #elements: readonly InputElement[];

  private constructor(dims: readonly Dim[], elements: readonly InputElement[]) {
    this.#dims = dims;
    this.#elements = elements;
  }

  /** Undefined where shapes tell all sizes. */
  static of(plan: Plan): ElementSizes | undefined {
    const dims = elementDims(plan);
    if (dims.length === 0) return undefined;
    const names = new Set(dims.flatMap(symbolsOf).filter(isElementName));
    return new ElementSizes(
      dims,
      plan.inputs.flatMap((port, i) => elementsOf(port, i)).filter(({ name }) => names.has(name)),
    );
  }

  /** Adds what the elements are in this run. */
  bind(data: readonly Datum[], bindings: Map<string, number>): void {
    for (const element of this.#elements) bindings.set(element.name, elementAt(data, element));
  }

  /** What the dims come to; undefined where they have no size. */
  sizes(bindings: ReadonlyMap<string, number>): readonly (number | undefined)[] {
    return this.#dims.map((dim) => bindDim(dim, bindings));
  }

  /** Whether data of the same shapes give the sizes that these bindings give. */
  matcher(bindings: ReadonlyMap<string, number>): (data: readonly Datum[]) => boolean {
    const names = this.#elements.map(({ name }) => name);
    const shapes = new Map([...bindings].filter(([name]) => !names.includes(name)));
    const sizes = this.#dims.map((dim) => ({
      evaluate: dimEvaluator(substituteDim(dim, shapes), names),
      size: bindDim(dim, bindings),
    }));
    const values = new Float64Array(names.length);
    return (data) => {
      for (let i = 0; i < values.length; i++) values[i] = elementAt(data, this.#elements[i] as InputElement);
      for (const { evaluate, size } of sizes) if (evaluate(values) !== size) return false;
      return true;
    };
  }
}

const elementsOf = ({ name, type }: PlanPort, input: number): readonly InputElement[] =>
  (elementNames(name, type) ?? []).map((element, index) => ({ name: element, input, index }));

/** An element, cut to the integers that a dim may be. */
function elementAt(data: readonly Datum[], { input, index }: InputElement): number {
  const datum = data[input];
  const element = isTensor(datum) ? Number((datum.data as ArrayLike<bigint | number>)[index]) : Number.NaN;
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, element));
}
