// Declarations of operators and rules carry examples, which are their documentation and tests; the package does without.
import ts from "typescript";

/** @param {ts.Node} node */
const isExample = (node) =>
  ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && /^examples?$/.test(node.name.text);

/**
 * The text without the properties `example` and `examples` of object literals.
 * @param {string} text
 */
export function withoutExamples(text) {
  const file = ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  /** @type {{ from: number, to: number }[]} */
  const cuts = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (isExample(node)) {
      const comma = text[node.end] === "," ? 1 : 0;
      cuts.push({ from: node.pos, to: node.end + comma });
    } else ts.forEachChild(node, visit);
  };
  visit(file);
  return cuts.reduceRight((rest, { from, to }) => rest.slice(0, from) + rest.slice(to), text);
}
