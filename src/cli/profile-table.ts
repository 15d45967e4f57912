import { formatCount, formatMs, formatNumber, formatShare } from "./format.ts";
import type { Io } from "./io.ts";
import { print } from "./io.ts";
import type { Profile, ProfiledStep } from "./profile-steps.ts";
import { evaluatedSteps } from "./profile-steps.ts";

const mostRows = 30;
const barWidth = 8;

const columns = [
  { head: "ms", align: "right" },
  { head: "share", align: "right" },
  { head: "" },
  { head: "kernel" },
  { head: "operators" },
  { head: "result" },
  { head: "GFLOP/s", align: "right" },
  { head: "GB/s", align: "right" },
  { head: "roof", align: "right" },
  { head: "ONNX node" },
] as const;

/** Prints the slowest steps, what the machine reaches, and what has no kernels. */
export async function printProfile(profile: Profile, io: Io): Promise<void> {
  const { formatTable } = await import("./table.ts");
  const { model, target, threads, totalMs, steps, roof } = profile;
  print(io, `${model} on ${target}, ${formatCount(threads, "thread")}: ${formatMs(totalMs)} a run\n`);
  const slowest = [...steps].sort((a, b) => b.ms - a.ms);
  const shown = columns.filter(({ head }) => head !== "roof" || roof !== undefined);
  const rows = slowest.slice(0, mostRows).map((step) => rowOf(step, roof !== undefined));
  print(io, formatTable(shown, rows));
  if (steps.length > mostRows) {
    const rest = slowest.slice(mostRows).reduce((sum, { share }) => sum + share, 0);
    print(io, `and ${steps.length - mostRows} more steps, ${formatShare(rest)} together (--json and --html have all)`);
  }
  if (roof !== undefined) print(io, `\n${roofText(profile)}`);
  printEvaluated(steps, io);
}

/** What the machine reaches, in words; "" where that was not measured. */
export function roofText({ roof, target }: Profile): string {
  if (roof === undefined) return "";
  const [gflops, cached, gbs] = [roof.gflops, roof.cachedGbs, roof.gbs].map(formatNumber);
  return `the roof of ${target}: ${gflops} GFLOP/s in a tile loop, ${cached} GB/s read from cache, ${gbs} from memory`;
}

function rowOf(step: ProfiledStep, hasRoof: boolean): string[] {
  const { ms, share, kernel, name, op, type, gflops, gbs, roof, origin } = step;
  const rates = [gflops, gbs].map((value) => (value === null ? "" : formatNumber(value)));
  const part = hasRoof ? [roof === null ? "" : `${Math.round(100 * roof)} %`] : [];
  const operators = kernel === "eval" ? "" : op;
  return [formatNumber(ms), formatShare(share), bar(share), name, operators, type, ...rates, ...part, origin];
}

const bar = (share: number): string => "█".repeat(Math.round(share * barWidth)) || "▏";

function printEvaluated(steps: readonly ProfiledStep[], io: Io): void {
  const groups = evaluatedSteps(steps);
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const share = groups.reduce((sum, group) => sum + group.share, 0);
  if (count === 0) print(io, `\nall ${steps.length} steps run on kernels`);
  else
    print(
      io,
      `\n${count} of ${steps.length} steps have no kernel and run in TypeScript, ${formatShare(share)} of the time:`,
    );
  for (const group of groups) {
    print(io, `  ${group.name}, ${formatCount(group.count, "step")}, ${formatShare(group.share)}: ${group.reason}`);
  }
}
