import { convSchedules } from "./conv/index.ts";
import { elementwiseSchedule } from "./elementwise/elementwise-schedule.ts";
import type { Schedule } from "./schedule.ts";

/** Every schedule; of those for one operator the first that runs a step is taken. */
export const schedules: readonly Schedule[] = [elementwiseSchedule, ...convSchedules];
