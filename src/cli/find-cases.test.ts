import { relative } from "node:path";
import { expect, test } from "vitest";
import { findCases } from "./find-cases.ts";
import { testPath } from "./testdata/run-cli.ts";

const short = (path: string | undefined) => path && relative(testPath("cases"), path).replaceAll("\\", "/");

test("cases in and under a folder, named by their place", () => {
  const found = findCases(testPath("cases")).map(({ name, model, dataSets, problem }) => ({
    name,
    model: short(model),
    sets: dataSets.length,
    problem,
  }));
  const model = (name: string) => ({ name, model: `${name}/model.onnx`, sets: 1, problem: undefined });
  expect(found).toEqual([
    { ...model("below"), model: "below/onnx/model.onnx" },
    model("damaged"),
    { ...model("no-data"), sets: 0 },
    { name: "no-model", model: undefined, sets: 1, problem: "there is no .onnx file in or under the folder" },
    model("noise"),
    model("wrong/dtype"),
    model("wrong/shape"),
    model("wrong/value"),
  ]);
});

test("a folder that is a case has its own name", () => {
  expect(findCases(testPath("case")).map(({ name }) => name)).toEqual(["case"]);
});

test("several models in one case are told, not guessed at", () => {
  const [found] = findCases(testPath(".")).filter(({ problem }) => problem?.includes("expected one"));
  expect(found).toMatchObject({
    name: "testdata",
    problem: "there are 4 .onnx files, expected one: kinds.onnx, model.onnx, pictures.onnx, unsupported.onnx",
  });
});

test("no folder, a file, and a folder without cases are refused", () => {
  expect(() => findCases(testPath("nowhere"))).toThrow(/there is no such folder/);
  expect(() => findCases(testPath("model.onnx"))).toThrow(/it is not a folder/);
  expect(() => findCases(testPath("case/test_data_set_0"))).toThrow(/holds no test case/);
});
