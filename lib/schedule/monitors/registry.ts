import { clockFault } from "./clock-fault";
import { crashedProcess } from "./crashed-process";
import { dataFolder } from "./data-folder";
import type { Monitor } from "./define-monitor";
import { pausedInstallation } from "./paused-installation";
import { processClock } from "./process-clock";
import { routingFault } from "./routing-fault";
import { stalledScheduler } from "./stalled-scheduler";
import { stuckDeliveries } from "./stuck-deliveries";

/** Every monitor that a file of this folder declares. Made by `npm run docs`. */
// biome-ignore format: one line each, as it is made
export const MONITORS: readonly Monitor[] = [
  clockFault,
  crashedProcess,
  dataFolder,
  pausedInstallation,
  processClock,
  routingFault,
  stalledScheduler,
  stuckDeliveries,
];
