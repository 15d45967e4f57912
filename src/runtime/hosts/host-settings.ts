import { UsageError } from "../../tensor/errors.ts";
import { currentProcess } from "./current-process.ts";

/** `off`: run no machine code. `force`: also on systems where nobody has run it yet. */
export type NativeUse = "auto" | "off" | "force";

/** What the environment says about targets. */
export interface HostSettings {
  readonly native: NativeUse;
  /** The one target to use; undefined leaves the choice to lanewise. */
  readonly target: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

const uses: readonly string[] = ["auto", "off", "force"] satisfies NativeUse[];
const isUse = (value: string): value is NativeUse => uses.includes(value);

/**
 * The settings in LANEWISE_NATIVE and LANEWISE_TARGET. Throws UsageError for a use of machine code that there is not. In a Deno that may not read
 * them they count as unset.
 */
export function hostSettings(env: Env | undefined = currentProcess()?.env): HostSettings {
  const read = (name: string) => (env !== undefined && mayRead(name) ? env[name] : undefined);
  const native = read("LANEWISE_NATIVE") || "auto";
  if (!isUse(native)) {
    throw new UsageError(`LANEWISE_NATIVE is "${native}"; set it to one of ${uses.join(", ")}, or to nothing.`);
  }
  const target = read("LANEWISE_TARGET") || "auto";
  return { native, target: target === "auto" ? undefined : target };
}

interface DenoPermissions {
  readonly permissions: {
    querySync(of: { readonly name: "env"; readonly variable: string }): { readonly state: string };
  };
}

/** Deno would ask the person at the terminal, in the middle of whatever that person runs. */
function mayRead(variable: string): boolean {
  const { Deno } = globalThis as { Deno?: DenoPermissions };
  return Deno === undefined || Deno.permissions.querySync({ name: "env", variable }).state === "granted";
}
