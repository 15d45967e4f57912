import type { Graph } from "../../graph/graph.ts";
import { input } from "../../graph/leaves.ts";
import type { Op } from "../../graph/op.ts";
import { ExpressionReader } from "../../graph/parse.ts";
import { readType, takeName } from "../../graph/parse-literal.ts";
import { TextScanner } from "../../graph/text-scanner.ts";
import { tensorType } from "../../graph/type.ts";
import type { Value } from "../../graph/value.ts";

export interface Example {
  readonly before: Graph;
  /** Undefined where the example says that nothing changes. */
  readonly after: Graph | undefined;
}

const name = /(?:[A-Za-z_]\w*|"(?:[^"\\\n]|\\.)*")\s*/.source;
const declaration = new RegExp(`${name}:`, "y");
const definition = new RegExp(`${name}=(?!>)`, "y");

/**
 * Reads `before => after`, or `before => same`. Names that are not declared (`x: i64[2],` in front) are f32[2,3,4] inputs;
 * `s = sigmoid(x),` in front names a value that is used more than once; several outputs are separated by semicolons.
 */
export function parseExample(text: string, ops: Readonly<Record<string, Op>>): Example {
  const scanner = new TextScanner(text);
  const names = new Map<string, Value>();
  const inputs: Value[] = [];
  const declare = (label: string, value: Value): Value => {
    inputs.push(value);
    names.set(label, value);
    return value;
  };
  const free = (label: string) => declare(label, input(label, tensorType("f32", [2, 3, 4])));
  const reader = new ExpressionReader({ scanner, ops, constants: [], names, free });
  const readName = () => takeName(scanner) ?? scanner.fail("expected a name");
  for (;;) {
    const isDeclaration = scanner.sees(declaration);
    if (!isDeclaration && !scanner.sees(definition)) break;
    const label = readName();
    scanner.expect(isDeclaration ? ":" : "=");
    if (isDeclaration) declare(label, input(label, readType(scanner)));
    else names.set(label, reader.value());
    scanner.expect(",");
  }
  const before = readOutputs(scanner, reader);
  scanner.expect("=>");
  const after = scanner.take("same") ? undefined : readOutputs(scanner, reader);
  if (!scanner.atEnd()) scanner.fail("expected the end of the example");
  return {
    before: { name: "example", inputs, outputs: before },
    after: after && { name: "example", inputs, outputs: after },
  };
}

function readOutputs(scanner: TextScanner, reader: ExpressionReader): Graph["outputs"] {
  const outputs = [{ name: "y0", value: reader.value() }];
  while (scanner.take(";")) outputs.push({ name: `y${outputs.length}`, value: reader.value() });
  return outputs;
}
