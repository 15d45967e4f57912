import type { Schedule } from "../schedule.ts";
import { gatherSchedules } from "./gather-schedules.ts";
import { scatterSchedules } from "./scatter-schedules.ts";

/** Operators that look elements up, put them somewhere, or search for them. */
export const indexingSchedules: readonly Schedule[] = [...gatherSchedules, ...scatterSchedules];
