import type { Dim } from "../tensor/dim.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Graph } from "./graph.ts";
import { absent, constantTensor, dimsOp, formatDims, inputOp, isAbsent, pickOp } from "./leaves.ts";
import { formatConstant, formatElements, formatName } from "./print-literal.ts";
import { topological } from "./topological.ts";
import type { Value } from "./value.ts";

/**
 * The names of a graph's values in texts and dumps: inputs by their own, results as `%0`, `%1` in topological order, `%1.0` for a
 * result of several. Constants, literals of dims and absent operands have none: they are spelled out where they are used.
 */
export class GraphNames {
  /** The values that have a line of their own, in order. */
  readonly results: readonly Value[];
  readonly #inputs = new Map<Value, string>();
  readonly #names = new Map<Value, string>();
  readonly #constants: Tensor[];

  /** `constants` collects the tensors that are too large to be spelled out. */
  constructor(graph: Graph, constants: Tensor[] = []) {
    this.#constants = constants;
    const order = topological(graph.outputs.map((output) => output.value));
    const inputs = [...graph.inputs, ...order.filter(({ op }) => op === inputOp)];
    const taken = new Set<string>();
    for (const value of new Set(inputs)) {
      const name = unique(String(value.attributes["name"]), taken);
      taken.add(name);
      this.#inputs.set(value, name);
      this.#names.set(value, formatName(name));
    }
    this.results = order.filter(isResult);
    this.results.forEach((value, i) => {
      this.#names.set(value, `%${i}`);
    });
  }

  /** The name of an input as it is; undefined for any other value. */
  inputName(value: Value): string | undefined {
    return this.#inputs.get(value);
  }

  /** A reference to a value; a constant with its type, unless its dtype is `like`. */
  reference(value: Value, like?: string): string {
    const name = this.#names.get(value);
    if (name !== undefined) return name;
    if (value.op === pickOp)
      return `${this.reference(value.operands[0] ?? absent)}.${String(value.attributes["index"])}`;
    if (isAbsent(value)) return "_";
    if (value.op === dimsOp) return formatDims(value.attributes["dims"] as unknown as readonly Dim[]);
    const held = constantTensor(value) as Tensor;
    return isBareScalar(held) && held.dtype === like ? formatElements(held) : formatConstant(held, this.#constants);
  }

  /** The operands of a value as they stand between the parentheses: scalars without their dtype where it is that of the first operand that shows one. */
  operands({ operands }: Value): string[] {
    const like = leader(operands);
    const leading = operands[like]?.type;
    const dtype = leading?.kind === "tensor" ? leading.dtype : undefined;
    return operands.map((operand, i) => this.reference(operand, i === like ? undefined : dtype));
  }
}

const isResult = ({ op, type }: Value): boolean =>
  op !== inputOp && op !== pickOp && op !== dimsOp && op.name !== "constant" && type.kind !== "absent";

function unique(name: string, taken: ReadonlySet<string>): string {
  let candidate = name;
  for (let i = 2; taken.has(candidate); i++) candidate = `${name}#${i}`;
  return candidate;
}

/** A scalar that can stand without its dtype: strings and complex numbers cannot. */
const isBareScalar = ({ dtype, shape }: Tensor): boolean =>
  shape.length === 0 && dtype !== "string" && dtype !== "c64" && dtype !== "c128";

/** The operand whose dtype scalars take: the first that is no bare scalar, as a reader of the text will find it. */
function leader(operands: readonly Value[]): number {
  const bare = operands.map((operand) => {
    const held = constantTensor(operand);
    return held !== undefined && isBareScalar(held) ? held.dtype : undefined;
  });
  let like = operands.findIndex((operand, i) => bare[i] === undefined && !isAbsent(operand));
  if (like < 0) like = bare.findIndex((dtype) => dtype !== undefined);
  for (;;) {
    const type = operands[like]?.type;
    const dtype = type?.kind === "tensor" ? type.dtype : undefined;
    const typed = bare.findIndex((other, i) => i < like && other !== undefined && other !== dtype);
    if (typed < 0) return like;
    like = typed;
  }
}
