import type { TensorType, Type } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import { inputSymbols } from "../plan/input-symbols.ts";
import type { PlanPort } from "../plan/plan.ts";
import type { Feed } from "../runtime/feed.ts";
import { nearestName } from "../runtime/nearest-name.ts";
import { isTensor } from "../tensor/datum.ts";
import type { Dim } from "../tensor/dim.ts";
import { bindDim, dimToString, isUnknownDim, solveDim, symbolsOf } from "../tensor/dim.ts";
import { ShapeError, UsageError, within } from "../tensor/errors.ts";
import { readNpy } from "../tensor/npy.ts";
import { readNpz } from "../tensor/npz.ts";
import { randomTensor } from "../tensor/random.ts";
import { checkedElementCount } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { readInputText } from "./input-text.ts";
import type { ModelOptions } from "./model-options.ts";
import { narrowed } from "./narrowed.ts";
import { readNamedFile } from "./read-file.ts";

type InputOptions = Pick<ModelOptions, "input" | "dim" | "seed">;

/**
 * A feed for every input of a model: those that the command line gives, the others made by rule from the seed and their own name.
 * Throws UsageError for names that the model does not have, and what reading the files throws.
 */
export async function makeInputs(ports: readonly PlanPort[], options: InputOptions): Promise<Record<string, Feed>> {
  const dims = options.dim ?? new Map();
  checkDimNames(ports, dims);
  const given = new Map<string, Tensor>();
  for (const text of options.input ?? []) {
    for (const [name, tensor] of await readInput(ports, text, options.seed)) {
      if (given.has(name)) throw new UsageError(`The input "${name}" is given twice. Give each input once.`);
      given.set(name, tensor);
    }
  }
  const bindings = bindGiven(ports, given, dims);
  const feeds = ports.map(({ name, type }) => {
    return [name, given.get(name) ?? makeByRule(name, type, bindings, options.seed)] as const;
  });
  return Object.fromEntries(feeds);
}

/** Throws UsageError when --dim names a symbol that no input has. */
export function checkDimNames(ports: readonly PlanPort[], dims: ReadonlyMap<string, number>): void {
  const known = inputSymbols(ports);
  for (const name of dims.keys()) {
    if (known.includes(name)) continue;
    const near = nearestName(name, known);
    const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
    throw new UsageError(
      `--dim ${name}: no input has a dim of that name.${hint} The symbolic dims are ${known.join(", ") || "none"}.`,
    );
  }
}

const shapeOf = (type: Type): readonly Dim[] => (type.kind === "tensor" ? (type.shape ?? []) : []);

async function readInput(
  ports: readonly PlanPort[],
  text: string,
  seed: number,
): Promise<Iterable<readonly [string, Tensor]>> {
  const named = ports.filter(({ name }) => text.startsWith(`${name}=`)).sort((a, b) => b.name.length - a.name.length);
  if (named.length === 0 && /\.npz$/i.test(text)) return readNpzInputs(ports, text);
  const at = text.indexOf("=");
  if (at < 0) {
    throw new UsageError(`--input "${text}": expected NAME=VALUE or FILE.npz. ${listInputs(ports)}`);
  }
  const port = named[0] ?? findPort(ports, text.slice(0, at));
  const { name, type } = port;
  if (type.kind !== "tensor") {
    throw new UsageError(`The input "${name}" is ${formatType(type)}: only tensors can be given on the command line.`);
  }
  return [[name, await readTensor(name, type, text.slice(name.length + 1), seed)]];
}

const listInputs = (ports: readonly PlanPort[]): string =>
  `The inputs are ${ports.map(({ name, type }) => `${name}: ${formatType(type)}`).join(", ") || "none"}.`;

function findPort(ports: readonly PlanPort[], name: string): PlanPort {
  const found = ports.find((port) => port.name === name);
  if (found !== undefined) return found;
  const near = nearestName(
    name,
    ports.map((port) => port.name),
  );
  const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
  throw new UsageError(`The model has no input "${name}".${hint} ${listInputs(ports)}`);
}

async function readNpzInputs(ports: readonly PlanPort[], path: string): Promise<Iterable<readonly [string, Tensor]>> {
  const bytes = await readNamedFile(path, "The inputs");
  const arrays = within(path, () => readNpz(bytes));
  return [...arrays].map(([name, tensor]) => [name, declared(tensor, findPort(ports, name).type)] as const);
}

async function readTensor(name: string, type: TensorType, text: string, seed: number): Promise<Tensor> {
  const input = readInputText(name, text);
  switch (input.kind) {
    case "tensor":
      return input.tensor;
    case "made":
      checkedElementCount(input.shape, `The input "${name}"`);
      return randomTensor(input.dtype ?? type.dtype, input.shape, seedFor(seed, name));
    case "npy": {
      const bytes = await readNamedFile(input.path, `The input "${name}"`);
      return declared(
        within(input.path, () => readNpy(bytes)),
        type,
      );
    }
    case "picture": {
      const bytes = await readNamedFile(input.path, `The input "${name}"`);
      const [{ decodePicture }, { pictureTensor }] = await Promise.all([
        import("./picture.ts"),
        import("./picture-tensor.ts"),
      ]);
      return pictureTensor(name, type, decodePicture(bytes, input.path));
    }
  }
}

/** An array from a file in the dtype that the input declares, where numpy has none of it. */
const declared = (array: Tensor, type: Type): Tensor => (type.kind === "tensor" ? narrowed(array, type.dtype) : array);

const seedFor = (seed: number, name: string): string => `${seed} ${name}`;

/** What symbols stand for: as --dim says, else as the shapes of the given inputs say. Throws ShapeError where the two contradict. */
function bindGiven(
  ports: readonly PlanPort[],
  given: ReadonlyMap<string, Tensor>,
  dims: ReadonlyMap<string, number>,
): Map<string, number> {
  const bindings = new Map(dims);
  for (const { name, type } of ports) {
    const tensor = given.get(name);
    if (tensor === undefined || !isTensor(tensor)) continue;
    shapeOf(type).forEach((dim, axis) => {
      const actual = tensor.shape[axis];
      if (actual === undefined || solveDim(dim, actual, bindings)) return;
      const wanted = bindDim(dim, dims);
      if (typeof dim === "number" || wanted === undefined) return;
      throw new ShapeError(
        `The input "${name}" is ${formatType(type)}, got [${tensor.shape.join(",")}], but --dim makes ${dimToString(dim)} = ${wanted}. Change one of them.`,
      );
    });
  }
  return bindings;
}

function makeByRule(name: string, type: Type, bindings: ReadonlyMap<string, number>, seed: number): Feed {
  if (type.kind === "sequence") return [makeByRule(name, type.item, bindings, seed)];
  if (type.kind === "optional") return makeByRule(name, type.item, bindings, seed);
  if (type.kind !== "tensor" || type.shape === undefined) {
    throw new UsageError(
      `The input "${name}" is ${formatType(type)}, which is too little to make one up. Give it by --input ${name}=SHAPE or a file.`,
    );
  }
  const shape = type.shape.map((dim) => Math.max(0, sizeOf(dim, bindings)));
  checkedElementCount(shape, `The input "${name}"`);
  return randomTensor(type.dtype, shape, seedFor(seed, name));
}

/** The size of a dim; symbols without a binding count as 1. */
function sizeOf(dim: Dim, bindings: ReadonlyMap<string, number>): number {
  if (isUnknownDim(dim)) return 1;
  const ones = symbolsOf(dim).map((symbol) => [symbol, bindings.get(symbol) ?? 1] as const);
  return bindDim(dim, new Map(ones)) ?? 1;
}
