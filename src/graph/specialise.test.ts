import { expect, it } from "vitest";
import { ops } from "../ops/index.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import { evaluate } from "./evaluate.ts";
import { input } from "./leaves.ts";
import { parseGraph } from "./parse.ts";
import { printGraph } from "./print.ts";
import { specialise } from "./specialise.ts";
import { tensorType } from "./type.ts";

const sizes = new Map([["N", 2]]);
const x = input("x", tensorType("f32", [2, 3]));

it("puts sizes in the place of symbols, in bodies too, and infers types again", () => {
  const graph = parseGraph(
    `graph g(x: f32[N,3], flag: bool[]) {
      %0 = reshape(x, [3, N])
      %1 = conditional(flag, x, {
        thenBranch: graph yes(a: f32[N,3]) { return r: reshape(a, [N*3]) },
        elseBranch: graph no(a: f32[N,3]) { return r: expand(f32 7, [3*N]) }
      })
      return y: %0, z: %1.0, m: expand(f32 1, [M])
    }`,
    ops,
  );
  const flag = graph.inputs[1] as typeof x;
  const special = specialise(graph, [x, flag], sizes);
  const text = printGraph(special);
  expect(text).toContain("reshape(x, [3, 2])");
  expect(text).toContain("reshape(a, [6])");
  expect(text).toContain("[6])");
  expect(text).toContain("[M])");
  expect(text).not.toMatch(/(reshape|expand)\([^)]*N/);
  const data = fromNumbers("f32", [2, 3], [1, 2, 3, 4, 5, 6]);
  for (const truth of [0, 1]) {
    const inputs = [data, fromNumbers("bool", [], [truth])];
    const bindings = new Map([["M", 3]]);
    expect(evaluate(special, inputs, { bindings })).toEqual(evaluate(graph, inputs, { bindings }));
  }
});

it("keeps a branch that the sizes do not fit, which is then not taken", () => {
  const graph = parseGraph(
    `graph g(flag: bool[], x: f32[N,3]) {
      %1 = conditional(flag, x, {
        thenBranch: graph yes(a: f32[N,3]) { return r: a },
        elseBranch: graph no(a: f32[N,3]) { return r: add(expand(f32 1, [N, 3]), expand(f32 1, [5, 3])) }
      })
      return y: %1.0
    }`,
    ops,
  );
  const special = specialise(graph, [graph.inputs[0] as typeof x, x], sizes);
  expect(printGraph(special)).toContain("[N, 3]");
  const data = fromNumbers("f32", [2, 3], [1, 2, 3, 4, 5, 6]);
  expect(evaluate(special, [fromNumbers("bool", [], [1]), data])).toEqual([data]);
});
