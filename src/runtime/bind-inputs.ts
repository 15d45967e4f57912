import { formatType } from "../graph/type.ts";
import { inputSymbols } from "../plan/input-symbols.ts";
import type { PlanPort } from "../plan/plan.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import type { Dim } from "../tensor/dim.ts";
import { bindDim, dimToString, isUnknownDim, solveDim, symbolsOf } from "../tensor/dim.ts";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { describeFeed } from "./describe-feed.ts";
import type { ElementSizes } from "./element-sizes.ts";
import type { Feed } from "./feed.ts";
import { readFeed } from "./feed.ts";
import { nearestName } from "./nearest-name.ts";

export interface BoundInputs {
  /** One datum an input, in the plan's order. */
  readonly data: readonly Datum[];
  /** What each symbol of the input shapes stands for in this run, and each element of an input that sizes depend on. */
  readonly bindings: ReadonlyMap<string, number>;
}

/** Checks a caller's feeds against the inputs of a plan, `elements` of which its sizes depend on. Throws UsageError or ShapeError naming the input, both shapes and what symbols stand for. */
export function bindInputs(
  ports: readonly PlanPort[],
  feeds: Readonly<Record<string, Feed>>,
  elements?: ElementSizes,
): BoundInputs {
  if (typeof feeds !== "object" || feeds === null) {
    throw new UsageError(
      `The inputs must be an object such as { ${ports[0]?.name ?? "x"}: data }, got ${describeFeed(feeds)}.`,
    );
  }
  checkNames(ports, feeds);
  const data = ports.map(({ name, type }) => readFeed(name, type, feeds[name] as Feed));
  const bindings = new Map<string, number>();
  elements?.bind(data, bindings);
  bindAll(ports, data, bindings);
  return { data, bindings };
}

/**
 * What the symbols of the input shapes stand for, from shapes of inputs by name; inputs need no shape where others tell what their dims
 * are. Throws UsageError where a dim stays open, and as bindInputs does.
 */
export function bindShapes(
  ports: readonly PlanPort[],
  shapes: Readonly<Record<string, readonly number[]>>,
): ReadonlyMap<string, number> {
  checkKnown(ports, shapes);
  const data = ports.map(({ name, type }): Datum | undefined => {
    const shape = shapes[name];
    return shape && type.kind === "tensor" ? { dtype: type.dtype, shape, data: [] } : undefined;
  });
  const bindings = new Map<string, number>();
  bindAll(ports, data, bindings);
  const open = ports.filter((port) => inputSymbols([port]).some((symbol) => !bindings.has(symbol)));
  if (open.length === 0) return bindings;
  throw new UsageError(`The shapes leave dims open. Give the shape of ${listOf(open)} too.`);
}

function bindAll(
  ports: readonly PlanPort[],
  data: readonly (Datum | undefined)[],
  bindings: Map<string, number>,
): void {
  // Plain symbols first, wherever they are: expressions such as past+1 can then be solved or checked.
  for (const simple of [true, false]) {
    for (const [i, port] of ports.entries()) {
      const datum = data[i];
      if (datum !== undefined) bindPort(port, datum, bindings, simple);
    }
  }
}

/** The names that are given, each of an input. */
function checkKnown(ports: readonly PlanPort[], byName: Readonly<Record<string, unknown>>): string[] {
  const names = ports.map(({ name }) => name);
  const given = Object.keys(byName).filter((name) => byName[name] !== undefined);
  for (const name of given) {
    if (names.includes(name)) continue;
    const near = nearestName(
      name,
      names.filter((candidate) => !given.includes(candidate)),
    );
    throw new UsageError(
      `The model has no input "${name}"${near === undefined ? "." : `; did you mean "${near}"?`} Its inputs are ${listOf(ports)}.`,
    );
  }
  return given;
}

const listOf = (ports: readonly PlanPort[]): string =>
  ports.map(({ name, type }) => `${name}: ${formatType(type)}`).join(", ") || "none";

function checkNames(ports: readonly PlanPort[], feeds: Readonly<Record<string, Feed>>): void {
  const given = checkKnown(ports, feeds);
  const missing = ports.filter(({ name }) => !given.includes(name));
  if (missing.length === 0) return;
  const wanted = missing.map(({ name, type }) => `"${name}" (${formatType(type)})`).join(", ");
  throw new UsageError(
    `The input${missing.length > 1 ? "s" : ""} ${wanted} ${missing.length > 1 ? "are" : "is"} missing. Pass every input of the model: ${listOf(ports)}.`,
  );
}

const isSimple = (dim: Dim): boolean => typeof dim === "number" || dimToString(dim) === symbolsOf(dim)[0];

function bindPort({ name, type }: PlanPort, datum: Datum, bindings: Map<string, number>, simple: boolean): void {
  if (type.kind !== "tensor" || type.shape === undefined || !isTensor(datum)) return;
  const fail = (why: string, next: string) => {
    const known = [...bindings].map(([symbol, value]) => `${symbol}=${value}`).join(", ");
    const shape = `${datum.dtype}[${datum.shape.join(",")}]`;
    return new ShapeError(
      `Input "${name}" is ${formatType(type)}, got ${shape}: ${why}${known === "" ? "" : ` (${known})`}. ${next}`,
    );
  };
  if (type.shape.length !== datum.shape.length)
    throw fail(`expected rank ${type.shape.length}, got ${datum.shape.length}`, "Reshape the data.");
  type.shape.forEach((dim, axis) => {
    if (isUnknownDim(dim) || isSimple(dim) !== simple) return;
    const actual = datum.shape[axis] as number;
    const fits = typeof dim === "number" ? dim === actual : solveDim(dim, actual, bindings);
    if (fits) return;
    const wanted = bindDim(dim, bindings);
    const isShared = typeof dim !== "number" && wanted !== undefined;
    const meaning = isShared ? `${dimToString(dim)} = ${wanted}` : dimToString(dim);
    const next = isShared ? `Pass inputs that agree on ${symbolsOf(dim).join(" and ")}.` : "Pass data of that size.";
    throw fail(`dim ${axis} must be ${meaning}, got ${actual}`, next);
  });
}
