import { expect, test } from "vitest";
import { targetNames } from "../../src/api/target.ts";
import { runCli, testPath } from "../../src/cli/testdata/run-cli.ts";

const model = testPath("model.onnx");

test.each<[string[], RegExp]>([
  [["rum", model], /^error: unknown command 'rum'\n\(Did you mean run\?\)\n$/],
  [["run", model, "--sede", "1"], /^error: unknown option '--sede'\n\(Did you mean --seed\?\)\n$/],
  [["run"], /^error: missing required argument 'model'\n$/],
  [["run", model, "extra"], /^error: too many arguments/],
  [["run", model, "--threads", "0"], /Expected a whole number of 1 or more\.\n$/],
  [["run", model, "--seed", "x"], /Expected a whole number\.\n$/],
  [["run", model, "--dim", "batch"], /Expected NAME=N with a whole number N, such as batch=2\.\n$/],
  [["run", model, "--target", "cuda"], new RegExp(`Allowed choices are auto, ${targetNames.join(", ")}\\.\n$`)],
  [["run", model, "--dim", "bach=2"], /^error: --dim bach: .*Did you mean "batch"\?/],
  [["run", model, "--input", "y=1"], /^error: The model has no input "y"\./],
  [["run", model, "--input", "x=oops"], /^error: --input x: "oops" is not a value of a known form/],
  [["run", model, "--input", "x=f64[1,4]:1,2,3,4"], /^error: Input "x" is f32\[batch,4\], got f64\[1,4\]/],
  [
    ["dump", model, "--stage", "asm", "--target", "interpreter"],
    /^error: interpreter has no format asm; it has ir\.\n$/,
  ],
  [
    ["dump", model, "--stage", "ir", "--target", "eval"],
    /^error: No kernels are compiled for target "eval"; there are/,
  ],
  [["dump", model, "--stage", "fused"], /^error: There is no stage "fused". Did you mean fuse\?/],
  [["dump", model, "--stage", "plan", "--dim", "n=2"], /^error: --dim n: no input has a dim of that name/],
  [["emit", "rms-norm"], /^error: required option '--target <target>' not specified\n$/],
  [["emit", "rms-nrm", "--target", "x64-avx2"], /^error: There is no kernel "rms-nrm"\. Did you mean rms-norm\?/],
  [
    ["emit", "rms-norm", "--target", "x64-avx2", "--format", "wat"],
    /^error: x64-avx2 has no format wat; it has ir, asm, hex/,
  ],
  [
    ["emit", "rms-norm", "--target", "x64-avx2", "--set", "m=1"],
    /^error: --set m=1: kernel rms-norm has no such setting\./,
  ],
  [["emit", "rms-norm", "--target", "x64-avx2", "--set", "n=x"], /^error: --set n=x: expected a whole number/],
  [["emit", "elementwise", "--target", "x64-avx2", "--set", "op=slu"], /^error: With .*op=slu/],
  [["emit", "shift-rows", "--target", "wasm-simd128", "--set", "dtype=f32"], /^error: With /],
  [
    ["emit", "thin-conv", "--target", "wasm-simd128", "--set", "height=40"],
    /does not use thin-conv on wasm-simd128, it uses pack-weights, gather-conv/,
  ],
  [
    ["bench-kernel", "pack-rows"],
    /^error: There is nothing to compare kernel "pack-rows" with\. The kernels are rms-norm, /,
  ],
  [["bench-kernel", "rms-norm", "--sizes", "0"], /Expected a whole number of 1 or more\.\n$/],
  [["bench-kernel", "rms-norm", "--targets", "eval"], /^error: --targets eval: no such target runs kernels here; /],
  [["compare", model, "--targets", "eval"], /^error: --targets eval: 1 targets, expected two/],
  [["compare", model, "--targets", "eval,gpu"], /^error: --targets eval,gpu: there is no target "gpu"/],
  [["compare", model, "--targets", "eval,eval", "--against", "x.npz"], /cannot go together/],
  [["verify"], /^error: missing required argument 'dir'\n$/],
  [["verify", testPath("case"), "--rtol", "-1"], /Expected a number of 0 or more/],
])("%j is bad usage", async (args, message) => {
  const { exitCode, stdout, stderr } = await runCli(args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toMatch(message);
});

test.each<[string[], RegExp]>([
  [["run", "nowhere.onnx"], /there is no such file; check the path\.\n$/],
  [["run", testPath("case")], /is a folder, expected an \.onnx file/],
  [["run", testPath("cases/damaged/model.onnx")], /is not an ONNX model\. It looks like a zip archive/],
  [["inspect", "nowhere.onnx"], /there is no such file; check the path\.\n$/],
  [["inspect", testPath("cases/damaged/model.onnx")], /is not an ONNX model/],
  [
    ["run", testPath("unsupported.onnx")],
    /weights\/far\.bin|1 operator without a mapping: ex\.ample\.Frobnicate \(2 nodes\)/,
  ],
  [["run", model, "--input", "x=2,5"], /Input "x" is f32\[batch,4\], got f32\[2,5\]: dim 1 must be 4, got 5/],
  [["run", model, "--input", "x=nowhere.npy"], /The input "x" "nowhere.npy" cannot be read/],
  [["run", model, "--output", `${model}/in-a-file`], /^error: (ENOTDIR|ENOENT|EEXIST)/],
  [["compare", model, "--against", "nowhere.npz"], /The expected values "nowhere.npz" cannot be read/],
  [["verify", "nowhere"], /"nowhere" cannot be verified: there is no such folder/],
])("%j fails with a message", async (args, message) => {
  const { exitCode, stdout, stderr } = await runCli(args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^error: .*\n$/);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test("DEBUG shows the stack", async () => {
  const { stderr } = await runCli(["run", "nowhere.onnx"], { DEBUG: "1" });
  expect(stderr).toMatch(/^error: The model "nowhere.onnx" cannot be read/);
  expect(stderr).toMatch(/\n\s+at .*read-source\.ts/);
  expect(stderr).toMatch(/\ncaused by Error: ENOENT/);
});

test("no command at all prints the help as an error", async () => {
  const { exitCode, stdout, stderr } = await runCli([]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toMatch(/^Usage: lanewise /);
});
