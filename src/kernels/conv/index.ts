import type { Schedule } from "../schedule.ts";
import { gatherConvSchedule } from "./gather-conv-schedule.ts";
import { integerConvSchedule } from "./integer-conv-schedule.ts";
import { maxPoolSchedule } from "./max-pool-schedule.ts";
import { padSchedule } from "./pad-schedule.ts";
import { resizeSchedule } from "./resize-schedule.ts";
import { depthwiseConvSchedule, poolSchedule } from "./slide-schedules.ts";
import { thinConvSchedule } from "./thin-conv-schedule.ts";
import { transposedConvSchedule } from "./transposed-conv-schedule.ts";

/** Convolutions, pooling, resizing and padding; of the convolutions the general one last. */
export const convSchedules: readonly Schedule[] = [
  depthwiseConvSchedule,
  thinConvSchedule,
  gatherConvSchedule,
  integerConvSchedule,
  transposedConvSchedule,
  maxPoolSchedule,
  poolSchedule,
  resizeSchedule,
  padSchedule,
];
