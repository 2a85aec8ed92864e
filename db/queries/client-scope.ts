import { and, eq, inArray, or, type SQL } from "drizzle-orm";
import { database, type Tables } from "../client";

/** Clients that a reader is limited to; null: no limit. */
export type ClientLimit = readonly string[] | null | undefined;

/** The ids of the jobs that these clients execute. */
function jobsOfClients(clientIds: readonly string[]) {
  const { orm, t } = database();
  return orm
    .select({ id: t.jobs.id })
    .from(t.jobs)
    .where(inArray(t.jobs.clientId, [...clientIds]));
}

export function isJobOfClients(jobs: Tables["jobs"], limit: ClientLimit): SQL | undefined {
  return limit ? inArray(jobs.clientId, [...limit]) : undefined;
}

/** Whether a row goes with a job of these clients: a run, a stored backup. */
export function hasJobOfClients(
  row: Pick<Tables["runs"], "jobId"> | Pick<Tables["artifacts"], "jobId">,
  limit: ClientLimit,
): SQL | undefined {
  return limit ? inArray(row.jobId, jobsOfClients(limit)) : undefined;
}

/** Whether an alert or an event is about one of these clients, or about a job of theirs. */
export function isAboutClients(
  item: Pick<Tables["alerts"] | Tables["events"], "subjectKind" | "subjectId">,
  limit: ClientLimit,
): SQL | undefined {
  if (!limit) return undefined;
  return or(
    and(eq(item.subjectKind, "client"), inArray(item.subjectId, [...limit])),
    and(eq(item.subjectKind, "job"), inArray(item.subjectId, jobsOfClients(limit))),
  );
}

/** Whether what the id names is one of these clients, or of a job of theirs. */
export async function isOfClients(
  kind: "client" | "job" | "run" | "alert" | "entry" | "delivery" | "artifact",
  id: string,
  clientIds: readonly string[],
): Promise<boolean> {
  const { orm, t } = database();
  const { jobs, runs, alerts, events, deliveries, artifacts } = t;
  const found = async (rows: PromiseLike<unknown[]>) => (await rows).length > 0;
  switch (kind) {
    case "client":
      return clientIds.includes(id);
    case "job":
      return found(
        orm
          .select({ id: jobs.id })
          .from(jobs)
          .where(and(eq(jobs.id, id), isJobOfClients(jobs, clientIds))),
      );
    case "run":
      return found(
        orm
          .select({ id: runs.id })
          .from(runs)
          .where(and(eq(runs.id, id), hasJobOfClients(runs, clientIds))),
      );
    case "artifact": {
      const isTheirs = and(eq(artifacts.id, id), hasJobOfClients(artifacts, clientIds));
      return found(orm.select({ id: artifacts.id }).from(artifacts).where(isTheirs));
    }
    case "alert":
      return found(
        orm
          .select({ id: alerts.id })
          .from(alerts)
          .where(and(eq(alerts.id, id), isAboutClients(alerts, clientIds))),
      );
    case "entry":
      return (
        (await isOfClients("alert", id, clientIds)) ||
        found(
          orm
            .select({ id: events.id })
            .from(events)
            .where(and(eq(events.id, id), isAboutClients(events, clientIds))),
        )
      );
    case "delivery":
      return found(
        orm
          .select({ id: deliveries.id })
          .from(deliveries)
          .innerJoin(events, eq(events.id, deliveries.eventId))
          .where(and(eq(deliveries.id, id), isAboutClients(events, clientIds))),
      );
  }
}
