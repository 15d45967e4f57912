import { Command, CommanderError } from "commander";
import { addBench } from "./bench.ts";
import { addBenchKernel } from "./bench-kernel.ts";
import { addCompare } from "./compare.ts";
import { addDump } from "./dump.ts";
import { addEmit } from "./emit.ts";
import { addInfo } from "./info.ts";
import { addInspect } from "./inspect.ts";
import type { Io } from "./io.ts";
import { addProfile } from "./profile.ts";
import { reportError } from "./report-error.ts";
import { addRun } from "./run.ts";
import { addVerify } from "./verify.ts";
import { version } from "./version.ts";

/** The commands in the order in which the help lists them. One row a command. */
const commands = [
  addRun,
  addBench,
  addBenchKernel,
  addDump,
  addCompare,
  addProfile,
  addVerify,
  addEmit,
  addInspect,
  addInfo,
];

/** Runs one command line; `args` are what follows the program's name. Resolves to the exit code: 0, 1 on failure, 2 on bad usage. Never rejects. */
export async function commandLine(args: readonly string[], io: Io): Promise<number> {
  const program = new Command("lanewise")
    .description("Runs ONNX models: TypeScript all the way, no native binary.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    });
  for (const add of commands) add(program, io);
  if (args.length === 0) {
    io.stderr.write(program.helpInformation());
    return 2;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return io.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(error, io);
  }
}
