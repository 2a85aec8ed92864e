import { and, eq, getTableColumns, inArray, isNull, ne, type Table } from "drizzle-orm";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { database, type Tables } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import { closeAlertsOf } from "./alerts";
import { type AuditInsert, writeAudit } from "./audit";
import { cancelOpenRuns } from "./cancel-run";
import { releaseAllHeld } from "./held-deliveries";
import { INSTALLATION, pauseForOrigin } from "./installation";
import { withoutRevokedAccess } from "./revoked-access";
import { endAllSessions } from "./sessions";
import { bumpRouting } from "./settings";
import { MAIL_SETTINGS } from "./system-mail-settings";

type Rows<K extends keyof Tables> = Tables[K]["$inferSelect"][];

/** Everything that a person has configured, without history. */
export interface Configuration {
  settings: Rows<"settings">;
  users: Rows<"users">;
  invitations: Rows<"invitations">;
  apiKeys: Rows<"apiKeys">;
  channels: Rows<"channels">;
  clients: Rows<"clients">;
  sources: Rows<"sources">;
  destinations: Rows<"destinations">;
  repositories: Rows<"repositories">;
  jobs: Rows<"jobs">;
  jobReceivers: Rows<"jobReceivers">;
  jobDestinations: Rows<"jobDestinations">;
  jobNotifications: Rows<"jobNotifications">;
  profiles: Rows<"profiles">;
  profileNotifications: Rows<"profileNotifications">;
  syncs: Rows<"syncs">;
  labels: Rows<"labels">;
  escalationPolicies: Rows<"escalationPolicies">;
  routes: Rows<"routes">;
  silences: Rows<"silences">;
}

export const CONFIGURATION_TABLES = [
  "settings",
  "users",
  "invitations",
  "apiKeys",
  "channels",
  "clients",
  "sources",
  "destinations",
  "repositories",
  "jobs",
  "jobReceivers",
  "jobDestinations",
  "jobNotifications",
  "profiles",
  "profileNotifications",
  "syncs",
  "labels",
  "escalationPolicies",
  "routes",
  "silences",
] as const satisfies (keyof Configuration)[];

/** The columns of each table of the configuration. */
export function configurationColumns(): Record<keyof Configuration, string[]> {
  const { t } = database();
  const columns = CONFIGURATION_TABLES.map((name) => [name, Object.keys(getTableColumns(t[name]))]);
  return Object.fromEntries(columns) as Record<keyof Configuration, string[]>;
}

/** Reads the configuration in one transaction, with secrets sealed as stored. */
export function readConfiguration(): Promise<Configuration> {
  return transact([], function* (tx) {
    const { t, orm } = tx;
    return {
      settings: yield* step(orm.select().from(t.settings)),
      users: yield* step(orm.select().from(t.users)),
      invitations: yield* step(orm.select().from(t.invitations)),
      apiKeys: yield* step(orm.select().from(t.apiKeys)),
      channels: yield* step(orm.select().from(t.channels)),
      clients: yield* step(orm.select().from(t.clients)),
      sources: yield* step(orm.select().from(t.sources)),
      destinations: yield* step(orm.select().from(t.destinations)),
      repositories: yield* step(orm.select().from(t.repositories)),
      jobs: yield* step(orm.select().from(t.jobs)),
      jobReceivers: yield* step(orm.select().from(t.jobReceivers)),
      jobDestinations: yield* step(orm.select().from(t.jobDestinations)),
      jobNotifications: yield* step(orm.select().from(t.jobNotifications)),
      profiles: yield* step(orm.select().from(t.profiles)),
      profileNotifications: yield* step(orm.select().from(t.profileNotifications)),
      syncs: yield* step(orm.select().from(t.syncs)),
      labels: yield* step(orm.select().from(t.labels)),
      escalationPolicies: yield* step(orm.select().from(t.escalationPolicies)),
      routes: yield* step(orm.select().from(t.routes)),
      silences: yield* step(orm.select().from(t.silences)),
    };
  });
}

/** Where a configuration comes from. */
export interface ConfigurationOrigin {
  /** Null: the file is from before installations had an identity. */
  id: string | null;
  place: string | null;
}

export interface Replacement {
  /** Runs that its workers execute right now. Unless it is 0, nothing was changed. */
  running: number;
  /** Whether schedules wait for a decision, because the configuration is another installation's. */
  isPaused: boolean;
}

/**
 * Replaces the configuration in one transaction. Ids are kept, so that history still refers to it. Access that was taken
 * away here stays away: sessions end, disabled and deleted users are disabled, revoked keys and used invitations stay
 * so. Alerts of subjects that no longer exist close without a message; what silences and quiet hours held is judged by those of
 * the new configuration. A configuration of another installation pauses this one.
 * @param configuration secrets sealed with this installation's key
 * @throws AppError `invalid` when nobody could sign in as an administrator afterwards
 */
export function replaceConfiguration(
  configuration: Configuration,
  origin: ConfigurationOrigin,
  now: number,
  audit: AuditInsert,
): Promise<Replacement> {
  return transact(["configuration", INSTALLATION], function* (tx) {
    const { t, orm } = tx;
    // What other programs execute goes on without Belfry's configuration, and may report for days.
    const isOurs = and(eq(t.runs.status, "running"), eq(t.runs.executor, "worker"));
    const running = yield* step(orm.select({ id: t.runs.id }).from(t.runs).where(isOurs));
    if (running.length > 0) return { running: running.length, isPaused: false };
    const known = yield* step(orm.select({ id: t.users.id }).from(t.users));
    const knownJobs = yield* step(orm.select({ id: t.jobs.id }).from(t.jobs));
    const next = withFreshJobs(yield* withoutRevokedAccess(tx, configuration, now), knownJobs, now);
    for (const name of CONFIGURATION_TABLES) {
      yield* step(orm.delete(t[name]));
      yield* insertAll(tx, t[name], next[name]);
    }
    yield* endAllSessions(tx);
    yield* closeAlertsOfRemoved(tx, next, now);
    yield* releaseAllHeld(tx, now);
    yield* bumpRouting(tx);
    yield* writeAudit(tx, audit);
    // A file that does not say where it is from is ours when it has one of our users.
    const hasOurUsers = configuration.users.some(({ id }) => known.some((user) => user.id === id));
    const isPaused = yield* pauseForOrigin(tx, origin.id === null && hasOurUsers ? null : origin, now);
    for (const topic of [
      "settings",
      "users",
      "api-keys",
      "channels",
      "clients",
      "repositories",
      "jobs",
      "routing",
    ] as const)
      tx.notices.push({ topic });
    return { running: 0, isPaused };
  });
}

/** Of jobs that this database did not have it does not know the backups either: it waits for their first from now on. */
function withFreshJobs(configuration: Configuration, known: readonly { id: string }[], now: number): Configuration {
  const ids = new Set(known.map(({ id }) => id));
  const jobs = configuration.jobs.map((job) => (ids.has(job.id) ? job : { ...job, enabledAt: now }));
  return { ...configuration, jobs };
}

const ROWS_AT_ONCE = 100;

/** Skips columns that this version does not have any more: a file of an older version may have them. */
function* insertAll(tx: Tx, table: Table, rows: readonly object[]): Steps<void> {
  const known = Object.keys(getTableColumns(table));
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const part = rows
      .slice(at, at + ROWS_AT_ONCE)
      .map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => known.includes(column))));
    yield* step(tx.orm.insert(table as Tables["settings"]).values(part as Rows<"settings">));
  }
}

function* closeAlertsOfRemoved(tx: Tx, next: Configuration, now: number): Steps<void> {
  const { alerts, runs } = tx.t;
  const idsOf = (rows: { id: string }[]) => new Set(rows.map(({ id }) => id));
  const kept = {
    job: idsOf(next.jobs),
    channel: idsOf(next.channels),
    client: idsOf(next.clients),
    destination: idsOf(next.destinations),
    repository: idsOf(next.repositories),
    sync: idsOf(next.syncs),
  };
  if (next.settings.some(({ key }) => key === MAIL_SETTINGS)) kept.channel.add(SYSTEM_MAIL_ID);
  for (const kind of ["job", "channel", "client", "destination", "repository", "sync"] as const) {
    const open = yield* step(
      tx.orm
        .selectDistinct({ id: alerts.subjectId })
        .from(alerts)
        .where(and(eq(alerts.subjectKind, kind), ne(alerts.status, "resolved"))),
    );
    for (const { id } of open) if (!kept[kind].has(id)) yield* closeAlertsOf(tx, kind, id, "subject_removed");
  }
  const waiting = yield* step(
    tx.orm
      .selectDistinct({ jobId: runs.jobId })
      .from(runs)
      .where(and(inArray(runs.status, ["queued"]), isNull(runs.startedAt))),
  );
  for (const { jobId } of waiting) {
    if (jobId && !kept.job.has(jobId))
      yield* cancelOpenRuns(tx, jobId, now, "The job was removed by restoring a configuration.");
  }
}
