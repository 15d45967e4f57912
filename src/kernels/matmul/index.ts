import type { Schedule } from "../schedule.ts";
import { integerSchedule } from "./integer-schedule.ts";
import { matmulSchedule } from "./matmul-schedule.ts";
import { nBitsSchedule } from "./n-bits-schedule.ts";

/** Schedules of matrix products. */
export const matmulSchedules: readonly Schedule[] = [matmulSchedule, integerSchedule, nBitsSchedule];
