import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";
import { importsOf } from "../../scripts/check-imports.mjs";
import * as lanewise from "../../src/index.ts";

/** The files that importing the package loads, and those that it may load later. */
function filesFrom(entry: string): string[] {
  const found = new Set([entry]);
  for (const path of found) {
    for (const { specifier, typeOnly } of importsOf(path, readFileSync(path, "utf8"))) {
      if (specifier.startsWith(".") && !typeOnly) found.add(join(dirname(path), specifier));
    }
  }
  return [...found];
}

/** Awaits outside any function, and uses of import.meta. */
function faultsOf(path: string): string[] {
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const faults: string[] = [];
  const visit = (node: ts.Node, isInside: boolean): void => {
    const at = () => `${path}:${file.getLineAndCharacterOfPosition(node.pos).line + 1}`;
    const isAwait = ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined);
    if (isAwait && !isInside) faults.push(`${at()}: a top-level await`);
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)
      faults.push(`${at()}: import.meta`);
    const isFunction = ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => visit(child, isInside || isFunction));
  };
  visit(file, false);
  return faults;
}

it("exports the public API and nothing else", () => {
  expect(Object.keys(lanewise).sort()).toEqual([
    "AbortedError",
    "FormatError",
    "LanewiseError",
    "LimitError",
    "ShapeError",
    "TargetError",
    "UnsupportedError",
    "UsageError",
    "addDims",
    "ceilDivDims",
    "floorDivDims",
    "load",
    "mulDims",
    "registerOp",
    "subDims",
    "unknownDim",
  ]);
});

it("loads no file that waits at its top level or depends on where it lies", () => {
  const files = filesFrom(fileURLToPath(new URL("../../src/index.ts", import.meta.url)));
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(faultsOf)).toEqual([]);
});
