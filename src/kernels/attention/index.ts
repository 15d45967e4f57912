import type { Schedule } from "../schedule.ts";
import { attentionSchedule } from "./attention-schedule.ts";

/** Schedules of attention. */
export const attentionSchedules: readonly Schedule[] = [attentionSchedule];
