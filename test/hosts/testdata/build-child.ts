import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";

/** Bundles child.ts into `folder`, where it finds the koffi of `modules`, and answers its path. */
export async function buildChild(folder: string, modules: string): Promise<string> {
  const outfile = join(folder, "child.mjs");
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(join(modules, "koffi"), join(folder, "node_modules/koffi"), "dir");
  await esbuild.build({
    entryPoints: [join(import.meta.dirname, "child.ts")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
  });
  return outfile;
}
