import { attentionSchedules } from "./attention/index.ts";
import { convSchedules } from "./conv/index.ts";
import { elementwiseSchedule } from "./elementwise/elementwise-schedule.ts";
import { indexingSchedules } from "./indexing/index.ts";
import { matmulSchedules } from "./matmul/index.ts";
import { movementSchedules } from "./movement/index.ts";
import { normSchedules } from "./norm/index.ts";
import { quantizeSchedules } from "./quantize/index.ts";
import { recurrentSchedules } from "./recurrent/index.ts";
import { reduceIntegersSchedule } from "./reduce/reduce-integers-schedule.ts";
import { reduceSchedule } from "./reduce/reduce-schedule.ts";
import { gridSampleSchedule } from "./sampling/grid-sample-schedule.ts";
import type { Schedule } from "./schedule.ts";
import { softmaxSchedule } from "./softmax/softmax-schedule.ts";

/** Every schedule; of those for one operator the first that runs a step is taken. */
export const schedules: readonly Schedule[] = [
  elementwiseSchedule,
  ...convSchedules,
  ...indexingSchedules,
  ...matmulSchedules,
  ...attentionSchedules,
  ...movementSchedules,
  ...normSchedules,
  ...recurrentSchedules,
  ...quantizeSchedules,
  gridSampleSchedule,
  reduceSchedule,
  reduceIntegersSchedule,
  softmaxSchedule,
];
