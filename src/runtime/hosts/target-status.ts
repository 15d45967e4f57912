import type { RefusalCode } from "./host-refusal.ts";
import { HostRefusal } from "./host-refusal.ts";

/** Whether a target can run in this process, and if not, why: a code for programs, a sentence with the next step for people. */
export type TargetStatus =
  | { readonly name: string; readonly available: true }
  | { readonly name: string; readonly available: false; readonly code: RefusalCode; readonly reason: string };

/** The status of a target for which `check` must not refuse; what else it throws is passed on. */
export function statusOf(name: string, check: () => void): TargetStatus {
  try {
    check();
    return { name, available: true };
  } catch (error) {
    if (!(error instanceof HostRefusal)) throw error;
    return { name, available: false, code: error.refusal, reason: error.message };
  }
}
