import { join } from "node:path";
import { userByEmail } from "@/db/queries/users";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { allDestinations } from "@/lib/jobs/registry";
import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { channelsCreate } from "@/lib/services/channels/create";
import { destinationsCreate } from "@/lib/services/destinations/verbs";
import { jobsCreate } from "@/lib/services/jobs/create";
import { settingsGeneralUpdate } from "@/lib/services/settings/general-update";
import { settingsNotificationsUpdate } from "@/lib/services/settings/notifications-update";
import { setupCreate } from "@/lib/services/setup/create";
import { sourcesCreate } from "@/lib/services/sources/verbs";
import { usersCreate } from "@/lib/services/users/create";
import { CHANNELS, DESTINATIONS, type DemoJob, type DemoPerson, JOBS, SOURCES, ZONE } from "./inventory";
import type { PastClock } from "./past-clock";

/** The demo installation, by the names of the inventory. */
export interface DemoInstallation {
  ana: Actor;
  ben: Actor;
  people: Actor[];
  /** The key with which another program sends notifications. */
  monitoring: Actor;
  channelIds: ReadonlyMap<string, string>;
  destinationIds: ReadonlyMap<string, string>;
  jobIds: ReadonlyMap<string, string>;
}

/** Sets Belfry up as a person would, one thing after the other, through the same verbs. */
export async function setUp(
  clock: PastClock,
  folder: string,
  persons: readonly DemoPerson[],
  password: string,
): Promise<DemoInstallation> {
  const people = await createPeople(clock, persons, password);
  const [ana, ben] = people;
  if (!ana || !ben) throw new Error("The inventory has too few people.");
  const next = <T>(made: Promise<T>) => {
    clock.pass(95_000);
    return made;
  };
  await next(settingsGeneralUpdate.call(ana, { timezone: ZONE, retentionDays: 90 }));

  const channelIds = new Map<string, string>();
  for (const channel of CHANNELS) channelIds.set(channel.name, (await next(channelsCreate.call(ana, channel))).id);
  await next(
    settingsNotificationsUpdate.call(ana, {
      globalChannels: idsOf(channelIds, ["Ops Discord", "Ops mail"]),
      events: { "system.error": { channels: idsOf(channelIds, ["Ops mail", "On-call webhook"]) } },
    }),
  );

  const sourceIds = new Map<string, string>();
  for (const { name, kind, config } of SOURCES) {
    const whole = typeof config.path === "string" ? { ...config, path: join(folder, config.path) } : config;
    sourceIds.set(name, (await next(sourcesCreate.call(ana, { name, kind, config: whole }))).id);
  }
  const destinationIds = new Map<string, string>();
  for (const name of DESTINATIONS) {
    const endpoint = folderEndpoint(join(folder, name.replaceAll(" ", "-")));
    destinationIds.set(name, (await next(destinationsCreate.call(ana, { name, ...endpoint, createFolder: true }))).id);
  }
  const jobIds = new Map<string, string>();
  for (const job of JOBS) {
    const made = await next(jobsCreate.call(ana, inputOf(job, { sourceIds, destinationIds, channelIds })));
    jobIds.set(job.name, made.id);
  }
  const key = await next(apiKeysCreate.call(ana, { name: "Monitoring", role: "operator" }));
  const monitoring: Actor = { kind: "api_key", id: key.id, name: key.name, role: key.role, address: "192.0.2.40" };
  return { ana, ben, people, monitoring, channelIds, destinationIds, jobIds };
}

/** A destination that stores backups in a folder of this machine. */
function folderEndpoint(path: string): { kind: string; config: Record<string, unknown> } {
  for (const kind of allDestinations()) {
    const config = kind.configForFolder?.(path);
    if (config) return { kind: kind.id, config };
  }
  throw new Error("No destination stores backups in a folder.");
}

async function createPeople(clock: PastClock, persons: readonly DemoPerson[], password: string): Promise<Actor[]> {
  const people: Actor[] = [];
  for (const { name, email, role, address } of persons) {
    clock.pass(60_000);
    const [admin] = people;
    if (admin) await usersCreate.call(admin, { name, email, role, password });
    else await setupCreate.call(systemActor, { name, email, password });
    const user = await userByEmail(email);
    if (!user) throw new Error(`The account of ${name} was not made.`);
    people.push({ kind: "user", id: user.id, name, email, role, timezone: null, address });
  }
  return people;
}

type Ids = Record<"sourceIds" | "destinationIds" | "channelIds", ReadonlyMap<string, string>>;

function inputOf(job: DemoJob, { sourceIds, destinationIds, channelIds }: Ids) {
  return {
    name: job.name,
    sourceId: idOf(sourceIds, job.source),
    destinationIds: idsOf(destinationIds, job.destinations),
    schedule: job.cron && { cron: job.cron, timezone: ZONE },
    compression: job.compression,
    retention: { keepLast: job.keepLast },
    retries: job.retries,
    restoreTestDays: job.restoreTestDays ?? null,
    ...(job.name === "mail-archive" ? { timeLimitMinutes: 60 } : {}),
    notifications: job.rules.map(({ channel, ...rule }) => ({ ...rule, channelId: idOf(channelIds, channel) })),
  };
}

export function idOf(ids: ReadonlyMap<string, string>, name: string): string {
  const id = ids.get(name);
  if (!id) throw new Error(`The inventory names ${name}, which is not there.`);
  return id;
}

export function idsOf(ids: ReadonlyMap<string, string>, names: readonly string[]): string[] {
  return names.map((name) => idOf(ids, name));
}
