import { Writable } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import { Progress } from "./progress.ts";

/** An Io whose standard error is a terminal or not, and what has been written there. */
function fakeIo(isTTY: boolean) {
  const parts: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      parts.push(chunk.toString());
      done();
    },
  });
  const stderr = Object.assign(stream, { isTTY });
  return { io: { stdout: stderr, stderr, env: {}, exitCode: 0 }, text: () => parts.join("") };
}

afterEach(() => vi.restoreAllMocks());

/** Reports progress at 0 s, 0.9 s and `late` seconds, and waits for a bar. */
async function report(isTTY: boolean, late: number): Promise<string> {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now * 1000);
  const { io, text } = fakeIo(isTTY);
  const progress = new Progress(io);
  for (now of [0, 0.9, late]) progress.update("working", 1, 4);
  await import("./progress-bar.ts");
  await new Promise(setImmediate);
  progress.update("working", 2, 4);
  await new Promise((resolve) => setTimeout(resolve, 300));
  progress.stop();
  return text();
}

test("nothing is shown within a second, or off a terminal", async () => {
  expect(await report(true, 0.99)).toBe("");
  expect(await report(false, 5)).toBe("");
});

test("a bar is shown after a second on a terminal", async () => {
  expect(await report(true, 1.1)).toMatch(/50 % {2}working/);
});
