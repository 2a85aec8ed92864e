import { crashedProcess } from "./crashed-process";
import { dataFolder } from "./data-folder";
import type { Monitor } from "./define-monitor";
import { routingFault } from "./routing-fault";
import { stalledScheduler } from "./stalled-scheduler";

/** A new monitor is one line here. */
export const MONITORS: readonly Monitor[] = [crashedProcess, dataFolder, stalledScheduler, routingFault];
