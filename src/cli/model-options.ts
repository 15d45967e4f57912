import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { targetNames } from "../api/target.ts";
import { dimOfParam } from "../formats/onnx/value-type.ts";
import { dimToString } from "../tensor/dim.ts";

/** What every command that takes a model understands. */
export interface ModelOptions {
  readonly target?: string;
  readonly threads?: number;
  /** What symbolic dims stand for, by name. */
  readonly dim?: ReadonlyMap<string, number>;
  readonly seed: number;
  readonly input?: readonly string[];
  readonly json?: boolean;
}

const inputHelp = `
Inputs, as --input NAME=VALUE (repeat the option for several):
  x=FILE.npy               an array that numpy saved
  x=@picture.png           a PNG or JPEG in the layout of the input: floats in [0, 1], or u8
  x=1,3,224,224            made in this shape
  x=i64:16000              a scalar
  x=i64[2,3]:1,2,3,4,5,6   a tensor, written out
  FILE.npz                 every array in it, by name
Inputs that are not named are made: floats random by the seed in [-1, 1), integers 1, booleans true, strings "a".`;

/** Adds the options of ModelOptions, the argument MODEL, and the explanation of inputs to the help. */
export function addModelOptions(command: Command, targets = targetNames): Command {
  return command
    .argument("<model>", "an .onnx file, or the URL of one")
    .addOption(targetOption(targets))
    .option("--threads <n>", "threads to use at most", wholeFrom(1))
    .option("--dim <name=n>", "what a symbolic dim of the inputs stands for; 1 if not given", addDim)
    .option("--seed <n>", "seed of the inputs that are made", wholeFrom(Number.MIN_SAFE_INTEGER), 0)
    .option("--input <name=value>", "an input; see below", (text, list: readonly string[] = []) => [...list, text])
    .option("--json", "print JSON for machines on standard output, and nothing else");
}

/** The last part of a command's help: how inputs are written, and an example that works. */
export const modelHelp = (...examples: readonly string[]): string => `${inputHelp}\n${exampleHelp(...examples)}`;

/** Example command lines for the end of a command's help. */
export const exampleHelp = (...examples: readonly string[]): string =>
  `\nExample${examples.length > 1 ? "s" : ""}:\n${examples.map((example) => `  $ lanewise ${example}`).join("\n")}`;

/** Reads an option's value as a whole number of `least` or more. */
export function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    const bound = least === Number.MIN_SAFE_INTEGER ? "" : ` of ${least} or more`;
    throw new InvalidArgumentError(`Expected a whole number${bound}.`);
  };
}

/** Reads an option's value as a number of 0 or more. */
export function tolerance(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Expected a number of 0 or more, such as 1e-3.");
}

/** The option --target with its choices. */
export const targetOption = (targets = targetNames): Option =>
  new Option("--target <target>", "what runs the model; auto takes the best that works here").choices([
    "auto",
    ...targets,
  ]);

function addDim(text: string, dims: ReadonlyMap<string, number> = new Map()): ReadonlyMap<string, number> {
  const [, name, number] = /^(.+)=(\d+)$/.exec(text) ?? [];
  if (name === undefined || !Number.isSafeInteger(Number(number))) {
    throw new InvalidArgumentError("Expected NAME=N with a whole number N, such as batch=2.");
  }
  return new Map(dims).set(symbolName(name), Number(number));
}

/** Files name some dims with characters that no symbol has; both spellings mean the same dim. */
const symbolName = (name: string): string => dimToString(dimOfParam(name));
