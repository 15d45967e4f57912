// Most of the package's code runs a few times in a process, by an interpreter that takes lists apart with an iterator, step by step.
// The package reads their elements instead.
import ts from "typescript";

/** @typedef {{ from: number, to: number, text: string }} Edit */

/**
 * The text with `const [a, b] = [x, y]` as `const a = x, b = y`, and with `const [a, ...b] = x as [X, ...Y[]]`, which says that x is an
 * array, as reads of its elements. Other lists, which may be any iterable, stay as they are.
 * @param {string} text TypeScript
 */
export function plainDestructuring(text) {
  const file = ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  /** @type {Edit[]} */
  const edits = [];
  let count = 0;
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isVariableDeclaration(node) && ts.isArrayBindingPattern(node.name) && node.initializer) {
      edits.push(...(editsOf(node.name.elements, node, `list${++count}$`) ?? []));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  edits.sort((a, b) => b.from - a.from);
  return edits.reduce((rest, { from, to, text: by }) => rest.slice(0, from) + by + rest.slice(to), text);
}

/**
 * @param {ts.NodeArray<ts.ArrayBindingElement>} elements
 * @param {ts.VariableDeclaration} declaration
 * @param {string} list a name that nothing has
 * @returns {Edit[] | undefined}
 */
function editsOf(elements, declaration, list) {
  const names = elements.map((element) => (ts.isBindingElement(element) ? plainName(element) : ""));
  if (names.some((name) => name === undefined)) return undefined;
  const { expression, isTuple } = withoutTypes(/** @type {ts.Expression} */ (declaration.initializer));
  const [start, end] = [declaration.name.getStart(), declaration.end];
  if (ts.isArrayLiteralExpression(expression) && isOneByOne(names, expression.elements)) {
    let from = start;
    return [
      ...expression.elements.map((value, i) => {
        const edit = { from, to: value.getStart(), text: `${i === 0 ? "" : ", "}${names[i]} = ` };
        from = value.end;
        return edit;
      }),
      { from, to: end, text: "" },
    ];
  }
  if (!isTuple) return undefined;
  const reads = names.map((name, i) => {
    if (name === "") return "";
    return name?.startsWith("...") ? `, ${name.slice(3)} = ${list}.slice(${i})` : `, ${name} = ${list}[${i}]`;
  });
  return [
    { from: start, to: expression.getStart(), text: `${list} = ` },
    { from: expression.end, to: end, text: reads.join("") },
  ];
}

/**
 * The name that an element binds, with "..." before that of the rest; undefined where it is a pattern or has a default.
 * @param {ts.BindingElement} element
 */
function plainName({ name, initializer, dotDotDotToken }) {
  if (!ts.isIdentifier(name) || initializer) return undefined;
  return `${dotDotDotToken ? "..." : ""}${name.text}`;
}

/**
 * @param {readonly (string | undefined)[]} names
 * @param {ts.NodeArray<ts.Expression>} values
 */
function isOneByOne(names, values) {
  const isPlain = values.every((value) => !ts.isSpreadElement(value) && !ts.isOmittedExpression(value));
  return isPlain && values.length === names.length && names.every((name) => name !== "" && !name?.startsWith("..."));
}

/**
 * An expression without parentheses and type assertions, and whether they say that it is a tuple.
 * @param {ts.Expression} expression
 */
function withoutTypes(expression) {
  let isTuple = false;
  let inner = expression;
  while (ts.isAsExpression(inner) || ts.isParenthesizedExpression(inner)) {
    if (ts.isAsExpression(inner)) isTuple ||= ts.isTupleTypeNode(elementsType(inner.type));
    inner = inner.expression;
  }
  return { expression: inner, isTuple };
}

/** @param {ts.TypeNode} type */
const elementsType = (type) =>
  ts.isTypeOperatorNode(type) && type.operator === ts.SyntaxKind.ReadonlyKeyword ? type.type : type;
