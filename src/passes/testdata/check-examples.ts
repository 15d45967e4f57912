import { describe, expect, it } from "vitest";
import { evaluate } from "../../graph/evaluate.ts";
import type { Graph } from "../../graph/graph.ts";
import { printGraph } from "../../graph/print.ts";
import type { Firing, RewriteOptions } from "../../graph/rewrite.ts";
import { rewrite } from "../../graph/rewrite.ts";
import type { Rule } from "../../graph/rule.ts";
import { verifyGraph } from "../../graph/verify.ts";
import { ops } from "../../ops/index.ts";
import { foldConstants } from "../declutter/fold-constants.ts";
import { foldDims } from "../declutter/fold-dims.ts";
import { expectClose } from "./expect-close.ts";
import { parseExample } from "./parse-example.ts";
import { randomBindings, randomDatum, seededRandom } from "./random-datum.ts";

/** A rule, several, or rules and simplifiers together (a stage). */
export type Rewriting = Rule | readonly Rule[] | Pick<RewriteOptions, "rules" | "simplifiers">;

const rounds = 3;

/**
 * Makes a test of each example of each rule: alone, the rule turns the left side into the right one (or leaves it, for
 * `=> same`), and both compute the same on random inputs. A rule without an example that fires fails.
 */
export function checkRuleExamples(rules: readonly Rule[]): void {
  for (const rule of rules) {
    describe(`rule ${rule.name}`, () => {
      it("has an example that fires", () => {
        expect(rule.examples.some((example) => parseExample(example, ops).after !== undefined)).toBe(true);
      });
      it.each(rule.examples)("%s", (example) => checkExample(rule, example));
    });
  }
}

/** Asserts that the rewriting turns `before` into `after`, and that both compute the same. */
export function expectRewrite(rewriting: Rewriting, before: string, after: string): void {
  checkExample(rewriting, `${before} => ${after}`);
}

/** Asserts that no rule fires on `before`. */
export function expectNoRewrite(rewriting: Rewriting, before: string): void {
  checkExample(rewriting, `${before} => same`);
}

function checkExample(rewriting: Rewriting, example: string): void {
  const { before, after } = parseExample(example, ops);
  verifyGraph(before);
  const fired: Firing[] = [];
  const result = rewrite(before, { ...optionsOf(rewriting), onFiring: (firing) => fired.push(firing) });
  verifyGraph(result);
  expect(print(result)).toBe(print(after ?? before));
  expect(
    fired.map(({ rule }) => rule),
    "the rules that fired",
  ).toHaveLength(after === undefined ? 0 : fired.length || 1);
  if (after !== undefined) checkSame(before, result);
}

function optionsOf(rewriting: Rewriting): RewriteOptions {
  if ("match" in rewriting) return { rules: [rewriting] };
  return Array.isArray(rewriting) ? { rules: rewriting } : (rewriting as RewriteOptions);
}

/** Both sides with their constants folded, equal values merged and dead ones dropped. */
function print(graph: Graph): string {
  return printGraph(rewrite(graph, { simplifiers: [foldDims, foldConstants] }), { origins: false });
}

function checkSame(before: Graph, after: Graph): void {
  for (let seed = 1; seed <= rounds; seed++) {
    const random = seededRandom(seed);
    const types = before.inputs.map(({ type }) => type);
    const bindings = randomBindings(types, random);
    const inputs = types.map((type) => randomDatum(type, bindings, random));
    const [expected, actual] = [evaluate(before, inputs), evaluate(after, inputs)];
    const sizes = [...bindings].map(([name, size]) => `${name}=${size}`).join(", ");
    expectClose(actual, expected, `after against before, seed ${seed}${sizes === "" ? "" : `, ${sizes}`}`);
  }
}
