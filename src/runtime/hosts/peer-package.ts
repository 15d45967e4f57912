import type { NodeProcess } from "./current-process.ts";

/**
 * The `require` that finds a package which users need not have: from the program, from what the program is a link to, or from the folder
 * it runs in where there is no program. Undefined where it is not installed. Bundlers do not look for what this loads.
 */
export function requireOf(name: string, process: NodeProcess): NodeJS.Require | undefined {
  const { createRequire } = process.getBuiltinModule("node:module");
  return startsOf(process)
    .map((from) => createRequire(from))
    .find((require) => canResolve(require, name));
}

function canResolve(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

function startsOf(process: NodeProcess): readonly string[] {
  const program = process.argv[1] ?? "";
  if (!/^(\/|[A-Za-z]:[\\/])/.test(program)) return [`${process.cwd()}/`];
  try {
    const { realpathSync } = process.getBuiltinModule("node:fs");
    return [program, realpathSync(program)];
  } catch {
    return [program];
  }
}
