import type { Schedule } from "../schedule.ts";
import { attentionSchedule } from "./attention-schedule.ts";
import { rotarySchedule } from "./rotary-schedule.ts";

/** Schedules of attention and of what turns queries and keys before it. */
export const attentionSchedules: readonly Schedule[] = [attentionSchedule, rotarySchedule];
