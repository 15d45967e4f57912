import type { Schedule } from "../schedule.ts";
import { gatherConvSchedule } from "./gather-conv-schedule.ts";

/** Convolutions, pooling, resizing and padding. */
export const convSchedules: readonly Schedule[] = [gatherConvSchedule];
