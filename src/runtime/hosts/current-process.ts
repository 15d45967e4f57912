/** What hosts use of the `process` of Node, Bun and Deno, and how they find it without importing anything. */

/** Node's `process`, as far as hosts need it; Bun and Deno have the same. */
export interface NodeProcess {
  readonly platform: string;
  readonly arch: string;
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  getBuiltinModule: {
    (name: "node:fs"): typeof import("node:fs");
    (name: "node:module"): typeof import("node:module");
    (name: string): unknown;
  };
  /** The program that runs comes second. */
  readonly argv: readonly string[];
  cwd(): string;
  emitWarning: (...args: unknown[]) => void;
}

/** The process this runs in, or undefined in browsers and where modules of Node cannot be had. */
export function currentProcess(): NodeProcess | undefined {
  const { process } = globalThis as { process?: Partial<NodeProcess> };
  return typeof process?.getBuiltinModule === "function" && typeof process.platform === "string"
    ? (process as NodeProcess)
    : undefined;
}
