import { commandLine } from "./command-line.ts";
import { processIo } from "./io.ts";

// The pipe's reader has gone, as in `lanewise dump model.onnx | head`: nobody is left to tell anything.
function leaveOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
}
process.stdout.on("error", leaveOnClosedPipe);
process.stderr.on("error", leaveOnClosedPipe);

commandLine(process.argv.slice(2), processIo()).then((exitCode) => {
  process.exitCode = exitCode;
});
