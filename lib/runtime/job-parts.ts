import { ClientDiskHistory } from "@/lib/jobs/client-disk-history";
import { ConnectionChecks } from "@/lib/jobs/connection-checks";
import { IntegrityChecks } from "@/lib/jobs/integrity-checks";
import { SignalCounting } from "@/lib/jobs/reported-runs/signal-counting";
import { RestoreTests } from "@/lib/jobs/restore-tests";
import { Runner } from "@/lib/jobs/runner";
import { StorageChecks } from "@/lib/jobs/storage-checks";
import { SyncTriggers } from "@/lib/jobs/sync/sync-triggers";
import { Reports } from "@/lib/schedule/reports";
import { Scheduler } from "@/lib/schedule/scheduler";
import type { Part } from "./part";

/**
 * The parts that make backups: the runner executes queued runs, the scheduler queues those that are due, reports say
 * what ran, backups are restored for a test and read again, destinations are measured, and it is looked whether sources and destinations answer.
 * @param owner names this life of the worker among those that may lead
 */
export function jobParts(dataDir: string, workerId: string, owner: string): Part[] {
  return [
    new Runner({ dataDir, workerId }),
    new Scheduler({ owner }),
    new SignalCounting(),
    new Reports({ owner }),
    new RestoreTests(),
    new IntegrityChecks(),
    new StorageChecks(),
    new ClientDiskHistory(),
    new ConnectionChecks(),
    new SyncTriggers(),
  ];
}
