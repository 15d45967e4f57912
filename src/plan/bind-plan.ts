import { formatDims } from "../graph/leaves.ts";
import { formatType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { bindDim, dimToString, symbolsOf } from "../tensor/dim.ts";
import { bytesFor } from "../tensor/dtype.ts";
import { LimitError, ShapeError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount, tensor } from "../tensor/tensor.ts";
import { hasKnownSize } from "./known-size.ts";
import { placeBuffers } from "./place-buffers.ts";
import type { Plan, PlanStep, PlanValue } from "./plan.ts";

/** A plan with its symbols bound to numbers: sizes, offsets and literals are decided. */
export interface BoundPlan {
  readonly plan: Plan;
  readonly bindings: ReadonlyMap<string, number>;
  /** Offset in the arena of each value that lives there, -1 for the others. Views have the offset of what they look at. */
  readonly offsets: readonly number[];
  /** Bytes of each value that lives in the arena, 0 for the others. */
  readonly bytes: readonly number[];
  /** Tensors of the literals of dims, by value. */
  readonly literals: ReadonlyMap<number, Tensor>;
  readonly arenaBytes: number;
}

/** Binds a plan for one set of input shapes. Throws LimitError when the arena would go over `maxArenaBytes`. */
export function bindPlan(
  plan: Plan,
  bindings: ReadonlyMap<string, number>,
  maxArenaBytes = Number.MAX_SAFE_INTEGER,
): BoundPlan {
  const bytes = plan.values.map(({ storage }, i) => (storage.kind === "arena" ? boundBytes(plan, i, bindings) : 0));
  const inArena = plan.values.flatMap((value, i) => (value.storage.kind === "arena" ? [i] : []));
  const buffers = inArena.map((i) => {
    const { from, to } = plan.values[i] as PlanValue;
    return { bytes: bytes[i] as number, from, to };
  });
  const { offsets: placed, totalBytes } = placeBuffers(buffers);
  checkBytes("The plan needs an arena", totalBytes, maxArenaBytes);
  plan.values.forEach(({ type, storage }, i) => {
    if (storage.kind !== "heap" || !hasKnownSize(type)) return;
    checkBytes(
      `${makerOf(plan, i)}: its result ${formatType(type)} takes memory`,
      boundBytes(plan, i, bindings),
      maxArenaBytes,
    );
  });
  const offsets = plan.values.map(() => -1);
  inArena.forEach((value, i) => {
    offsets[value] = placed[i] as number;
  });
  plan.values.forEach(({ storage }, i) => {
    if (storage.kind === "view") offsets[i] = offsets[storage.of] as number;
  });
  return { plan, bindings, offsets, bytes, literals: bindLiterals(plan, bindings), arenaBytes: totalBytes };
}

function checkBytes(what: string, bytes: number, maxArenaBytes: number): void {
  if (bytes <= maxArenaBytes) return;
  throw new LimitError(
    `${what} of ${bytes} bytes, more than limits.maxArenaBytes = ${maxArenaBytes}. Use smaller inputs or raise that limit.`,
  );
}

/** The step that makes a value, as messages name it. */
function makerOf(plan: Plan, value: number): string {
  return nameOf(plan.steps.find(({ outputs }) => outputs.includes(value)));
}

const nameOf = (step: PlanStep | undefined): string =>
  step === undefined ? "the plan" : `${step.op} "${step.origin}"`;

function boundBytes(plan: Plan, value: number, bindings: ReadonlyMap<string, number>): number {
  const { type } = plan.values[value] as PlanValue;
  if (type.kind !== "tensor" || type.shape === undefined) return 0;
  const shape = type.shape.map((dim) => {
    const bound = bindDim(dim, bindings);
    if (bound === undefined) {
      const maker = plan.steps.find(({ outputs }) => outputs.includes(value));
      failOnDim({ plan, step: maker, whole: formatType(type) }, dim, bindings);
    }
    return Math.max(0, bound);
  });
  return bytesFor(type.dtype, elementCount(shape));
}

/** Where a dim is: in the result of a step or in what it takes. */
interface DimPlace {
  readonly plan: Plan;
  readonly step: PlanStep | undefined;
  /** All of the type or the list. */
  readonly whole: string;
}

/** Without a symbol's size, or where sizes do not fit together, as in broadcast(N,M). */
function failOnDim({ plan, step, whole }: DimPlace, dim: Dim, bindings: ReadonlyMap<string, number>): never {
  const open = symbolsOf(dim).filter((name) => !bindings.has(name));
  const sizes = [...bindings].map(([name, size]) => `${name}=${size}`).join(", ");
  const text = dimToString(dim);
  const why =
    open.length > 0
      ? `cannot be told from the inputs' shapes: ${open.join(", ")} is open`
      : `has no size for ${sizes}: the shapes do not fit together`;
  const operands = step?.inputs.filter((input) => input >= 0).map((input) => plan.values[input] as PlanValue) ?? [];
  throw new ShapeError(
    `${nameOf(step)}: the dim ${text} of ${whole} ${why}. The operands of the step are ${operands.map(({ type }) => formatType(type)).join(", ") || "none"}. Check the shapes of the inputs.`,
  );
}

function bindLiterals(plan: Plan, bindings: ReadonlyMap<string, number>): ReadonlyMap<number, Tensor> {
  const literals = new Map<number, Tensor>();
  plan.values.forEach(({ storage }, i) => {
    if (storage.kind !== "dims") return;
    const elements = storage.dims.map((dim) => {
      const bound = bindDim(dim, bindings);
      if (bound === undefined) {
        const user = plan.steps.find(({ inputs }) => inputs.includes(i));
        failOnDim({ plan, step: user, whole: formatDims(storage.dims) }, dim, bindings);
      }
      return BigInt(bound);
    });
    literals.set(i, tensor("i64", [elements.length], BigInt64Array.from(elements)));
  });
  return literals;
}
