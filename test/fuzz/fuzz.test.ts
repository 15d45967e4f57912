import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seed } from "../support/seed.ts";
import { root } from "../support/shared-data.ts";
import type { ChildMessage } from "./child.ts";
import type { Outcome } from "./trial.ts";

const seconds = Number(process.env["LANEWISE_FUZZ_SECONDS"] ?? (process.env["CI"] === undefined ? 10 : 30));
/** Where mutants begin: to look at one again, its number, with the seed of the run that found it. */
const first = Number(process.env["LANEWISE_FUZZ_FIRST"] ?? 0);
const hangMilliseconds = 20_000;
const heapMegabytes = 512;
/** What the process of the mutants may take in all: its heap, the arena, results beside it, and what the collector has not taken back yet. */
const maxResidentBytes = 3 * 2 ** 29;

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lanewise-fuzz-"));
  await esbuild.build({
    entryPoints: [join(root, "test/fuzz/child.ts")],
    outfile: join(folder, "child.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    sourcemap: "inline",
    define: { "import.meta.url": JSON.stringify(pathToFileURL(join(root, "test/fuzz/child.ts")).href) },
    logLevel: "warning",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

class Campaign {
  readonly counts: Record<Outcome, number> = { refused: 0, unfed: 0, ran: 0 };
  /** A line for each place in the code where mutants failed: the first of them, and how many more. */
  readonly #faults = new Map<string, { readonly text: string; times: number }>();
  #mutant = first - 1;
  #model = "";
  #since = 0;

  /** Tries mutants in process after process until the time is over; one that hangs or dies is a fault of its mutant. */
  async run(until: number): Promise<void> {
    while (performance.now() < until) {
      const end = await this.#process(until);
      if (end !== undefined) this.#addFault(end);
    }
  }

  #process(until: number): Promise<string | undefined> {
    const options = ["--enable-source-maps", `--max-old-space-size=${heapMegabytes}`, "--stack-size=900"];
    const args = [...options, join(folder, "child.mjs"), String(seed), String(this.#mutant + 1)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe", "pipe"] });
    const lines = createInterface({ input: child.stdio[3] as Readable });
    lines.on("line", (line) => this.#receive(JSON.parse(line) as ChildMessage));
    let complaint = "";
    child.stderr?.on("data", (data: Buffer) => {
      complaint = `${complaint}${data.toString()}`.slice(-2000);
    });
    let stopped: string | undefined;
    let isOver = false;
    this.#since = performance.now();
    const timer = setInterval(() => {
      isOver = performance.now() > until;
      stopped = this.#reasonToStop(child);
      if (isOver || stopped !== undefined) child.kill("SIGKILL");
    }, 50);
    return new Promise((resolve) => {
      child.on("close", (code) => {
        clearInterval(timer);
        resolve(stopped ?? (isOver ? undefined : `the process died with code ${code}: ${complaint}`));
      });
    });
  }

  #reasonToStop({ pid }: ChildProcess): string | undefined {
    if (performance.now() - this.#since > hangMilliseconds) return `it still runs after ${hangMilliseconds} ms`;
    const bytes = residentBytes(pid as number);
    return bytes > maxResidentBytes ? `the process takes ${bytes} bytes` : undefined;
  }

  #receive(message: ChildMessage): void {
    if (message.kind === "outcome") this.counts[message.outcome]++;
    else if (message.kind === "fault") this.#addFault(message.why);
    else [this.#mutant, this.#model, this.#since] = [message.mutant, message.model, performance.now()];
  }

  #addFault(why: string): void {
    const place = why.split("\n").find((line) => /^\s+at .*src\//.test(line)) ?? why;
    const text = `mutant ${this.#mutant} of ${this.#model}: ${why}`;
    const fault = this.#faults.get(place) ?? { text, times: 0 };
    fault.times++;
    this.#faults.set(place, fault);
  }

  get faults(): string[] {
    return [...this.#faults.values()].map(
      ({ text, times }) => `${text}${times > 1 ? `\n(and ${times - 1} more)` : ""}`,
    );
  }
}

/** The memory that a process holds, where the system tells: Linux. */
function residentBytes(pid: number): number {
  const file = `/proc/${pid}/statm`;
  const pages = existsSync(file) ? Number(readFileSync(file, "utf8").split(" ")[1]) : 0;
  return pages * 4096;
}

it(`no damaged model crashes, hangs, takes memory or throws an untyped error (LANEWISE_SEED=${seed})`, async () => {
  const campaign = new Campaign();
  await campaign.run(performance.now() + seconds * 1000);
  const { refused, unfed, ran } = campaign.counts;
  const all = refused + unfed + ran;
  console.info(`fuzz: seed ${seed}, ${all} mutants: ${ran} ran, ${unfed} were refused by run, ${refused} by load`);
  expect(campaign.faults).toEqual([]);
  expect(ran / all).toBeGreaterThan(0.3);
});
