import { layerNormSchedule } from "./layer-norm-schedule.ts";
import { rmsNormSchedule } from "./rms-norm-schedule.ts";

export const normSchedules = [rmsNormSchedule, layerNormSchedule];
