import type { Schedule } from "../schedule.ts";
import { dequantizeSchedule, quantizeSchedule } from "./quantize-schedules.ts";

/** Operators between floats and integers with a scale. */
export const quantizeSchedules: readonly Schedule[] = [quantizeSchedule, dequantizeSchedule];
