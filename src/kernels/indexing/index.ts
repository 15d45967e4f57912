import type { Schedule } from "../schedule.ts";
import { argExtremeSchedule } from "./arg-extreme-schedule.ts";
import { gatherSchedules } from "./gather-schedules.ts";
import { oneHotSchedule } from "./one-hot-schedule.ts";
import { rangeSchedule } from "./range-schedule.ts";
import { runningSchedule } from "./running-schedule.ts";
import { scatterSchedules } from "./scatter-schedules.ts";
import { topKSchedule } from "./top-k-schedule.ts";

/** Operators that look elements up, put them somewhere, count or search. */
export const indexingSchedules: readonly Schedule[] = [
  ...gatherSchedules,
  ...scatterSchedules,
  argExtremeSchedule,
  oneHotSchedule,
  rangeSchedule,
  runningSchedule,
  topKSchedule,
];
