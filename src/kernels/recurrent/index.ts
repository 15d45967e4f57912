import type { Schedule } from "../schedule.ts";
import { recurrentSchedule } from "./recurrent-schedule.ts";

/** Schedules of recurrent layers. */
export const recurrentSchedules: readonly Schedule[] = [recurrentSchedule];
