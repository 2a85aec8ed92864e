import { clockFault } from "./clock-fault";
import { crashedProcess } from "./crashed-process";
import { dataFolder } from "./data-folder";
import type { Monitor } from "./define-monitor";
import { lostClientRuns } from "./lost-client-runs";
import { lowClientDisks } from "./low-client-disks";
import { lowStorage } from "./low-storage";
import { missedReports } from "./missed-reports";
import { missingBackups } from "./missing-backups";
import { overdueJobs } from "./overdue-jobs";
import { pausedInstallation } from "./paused-installation";
import { processClock } from "./process-clock";
import { routingFault } from "./routing-fault";
import { sharedTokens } from "./shared-tokens";
import { silentClients } from "./silent-clients";
import { slowBackups } from "./slow-backups";
import { stalledScheduler } from "./stalled-scheduler";
import { storageSpikes } from "./storage-spikes";
import { stuckDeliveries } from "./stuck-deliveries";
import { unendedReportedRuns } from "./unended-reported-runs";
import { unmountedStorage } from "./unmounted-storage";

/** Every monitor that a file of this folder declares. Made by `npm run docs`. */
// biome-ignore format: one line each, as it is made
export const MONITORS: readonly Monitor[] = [
  clockFault,
  crashedProcess,
  dataFolder,
  lostClientRuns,
  lowClientDisks,
  lowStorage,
  missedReports,
  missingBackups,
  overdueJobs,
  pausedInstallation,
  processClock,
  routingFault,
  sharedTokens,
  silentClients,
  slowBackups,
  stalledScheduler,
  storageSpikes,
  stuckDeliveries,
  unendedReportedRuns,
  unmountedStorage,
];
