import type { Graph } from "../graph/graph.ts";
import { joinTypes } from "../graph/join-types.ts";
import { formatType, tupleType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Datum } from "../tensor/datum.ts";
import { ShapeError } from "../tensor/errors.ts";
import { op } from "./op.ts";
import { checkTruth, truth } from "./truth.ts";

export type ConditionalAttributes = {
  /** Closed over the captures, in their order. */
  readonly thenBranch: Graph;
  readonly elseBranch: Graph;
};

/** The outputs of one of two graphs, as a tuple: `thenBranch` where the condition (one bool) is true. Only that one is run. */
export const conditional = op("conditional", ["condition", "...captures"], {
  anyKind: true,
  branches: ({ thenBranch, elseBranch }: ConditionalAttributes) => [thenBranch, elseBranch],
  infer([condition], { thenBranch, elseBranch }: ConditionalAttributes) {
    checkTruth(condition, "condition");
    const [yes, no] = [typesOf(thenBranch), typesOf(elseBranch)];
    if (yes.length !== no.length) {
      throw new ShapeError(
        `the branches must have as many outputs as each other: then has ${yes.length}, else ${no.length}.`,
      );
    }
    return tupleType(
      ...yes.map((type, i) => {
        const other = no[i] as typeof type;
        const both = joinTypes(type, other);
        if (both !== undefined) return both;
        throw new ShapeError(
          `output ${i} must have one dtype and kind in both branches: then gives ${formatType(type)}, else ${formatType(other)}.`,
        );
      }),
    );
  },
  eval(
    [condition, ...captures]: readonly (Datum | undefined)[],
    { thenBranch, elseBranch }: ConditionalAttributes,
    context,
  ) {
    return context.run(truth(condition, "condition") ? thenBranch : elseBranch, captures);
  },
});

const typesOf = (graph: Graph) => graph.outputs.map(({ value }: { readonly value: Value }) => value.type);
