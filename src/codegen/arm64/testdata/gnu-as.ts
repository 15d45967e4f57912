import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The code bytes that GNU as makes of a source, or undefined where there is no GNU as for AArch64. */
export function assembleWithGnu(source: string): Uint8Array | undefined {
  const folder = mkdtempSync(join(tmpdir(), "lanewise-as-"));
  const path = (name: string): string => join(folder, name);
  try {
    writeFileSync(path("in.s"), source);
    execFileSync("aarch64-linux-gnu-as", [path("in.s"), "-o", path("out.o")], { stdio: ["ignore", "pipe", "pipe"] });
    execFileSync("aarch64-linux-gnu-objcopy", ["-O", "binary", "-j", ".text", path("out.o"), path("out.bin")]);
    return new Uint8Array(readFileSync(path("out.bin")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
