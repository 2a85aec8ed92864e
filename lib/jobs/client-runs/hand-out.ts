import { openRunsOfClient, stoppedRunsOfClient } from "@/db/queries/client-runs";
import { installationPause } from "@/db/queries/installation";
import type { RunRow } from "@/db/stores/runs";

/** A run that a client is asked to execute. */
export interface ClientWork {
  runId: string;
  /** The name under which the client's own configuration allows it. */
  job: string;
  /** Left out for the first. */
  attempt?: number;
}

/** What a client is asked for, and what it is to stop. */
export interface HandOut {
  work: ClientWork[];
  /** Of the runs that it says it executes: those that a person canceled, or whose time is over. */
  cancel: string[];
  /** Runs that are under way here and that it does not know. */
  unknown: RunRow[];
}

/** A run may have begun while the client put together what it says. Milliseconds. */
const SETTLED_MS = 120_000;

/**
 * What a client is to do next: its queued runs that are due, of each job one, none while another of the same job goes on. A run
 * is handed out again with every heartbeat until the client reports that it began, since an answer may be lost.
 * @param executing the runs that the client says it executes, or whose end it has yet to report; undefined: it does not say
 */
export async function handOut(
  clientId: string,
  executing: readonly string[] | undefined,
  now: number,
): Promise<HandOut> {
  const open = await openRunsOfClient(clientId);
  const others = (executing ?? []).filter((id) => !open.some((run) => run.id === id));
  const cancel = await stoppedRunsOfClient(clientId, others);
  const running = open.filter(({ status }) => status === "running");
  const unknown = executing
    ? running.filter(({ id, startedAt }) => !executing.includes(id) && (startedAt ?? now) < now - SETTLED_MS)
    : [];
  const queued = open.filter(
    ({ status, notBefore }) => status === "queued" && (notBefore === null || notBefore <= now),
  );
  // A copy leaves the clients to its original until a person has decided.
  if (queued.length === 0 || (await installationPause()) !== null) return { work: [], cancel, unknown };
  const busy = new Set(running.map(({ clientJob }) => clientJob));
  const work: ClientWork[] = [];
  for (const { id, clientJob, attempts } of queued) {
    if (clientJob === null || busy.has(clientJob)) continue;
    busy.add(clientJob);
    work.push({ runId: id, job: clientJob, ...(attempts > 0 && { attempt: attempts + 1 }) });
  }
  return { work, cancel, unknown };
}
