import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ENTITY_NAMES } from "@/components/settings/audit-labels";
import { database } from "@/db/client";
import { currentInstallation } from "@/db/queries/installation";
import { findRepository } from "@/db/queries/repositories";
import { putIdentity } from "@/db/stores/installation";
import { freshDatabase } from "@/db/testing";
import { transact } from "@/db/transact";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { storeSession } from "@/lib/auth/access/testing";
import { setRuntimeValue } from "@/lib/core/runtime";
import { emit } from "@/lib/dispatch/emit";
import { setSecretKey } from "@/lib/secrets/key";
import { escalationPoliciesCreate } from "@/lib/services/escalation-policies/create";
import { apiKeysCreate } from "./api-keys/create";
import { artifactsDownload } from "./artifacts/download";
import { AUDIT_GROUPS, auditList } from "./audit/list";
import { channelsCreate } from "./channels/create";
import { channelsTest } from "./channels/test";
import { clientsCreate } from "./clients/create";
import { configBackupDownload } from "./config-backup/download";
import { configBackupUpdate } from "./config-backup/update";
import { deliveriesCancel } from "./deliveries/cancel";
import { destinationsCreate } from "./destinations/verbs";
import { jobsCreate } from "./jobs/create";
import { jobsRun } from "./jobs/run";
import { profilesCreate } from "./profiles/create";
import { repositoriesCreate } from "./repositories/create";
import { routesCreate } from "./routes/create";
import { runsLog } from "./runs/log";
import { settingsNotificationsUpdate } from "./settings/notifications-update";
import { silencesCreate } from "./silences/create";
import { sourcesCreate } from "./sources/verbs";
import { syncsCreate } from "./syncs/create";
import { allVerbs } from "./testing/all-verbs";
import { usersCreate } from "./users/create";
import { usersDisable } from "./users/enable";

const all = await allVerbs();
const verbs = all.filter(({ changes }) => changes);
const uses = all.filter(({ does }) => does !== null);
const password = "correct horse battery";
const folder = mkdtempSync(path.join(tmpdir(), "belfry-audit-"));
let close: () => Promise<void>;
beforeAll(async () => {
  setRuntimeValue("dataDir", path.join(folder, "data"));
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
  setRuntimeValue("baseUrl", "https://belfry.example");
});
afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

let count = 0;
const fresh = (word: string) => `${word}-${++count}`;
const admin = systemActor;

async function user() {
  const name = fresh("user");
  return usersCreate.call(admin, { name, email: `${name}@example.org`, role: "viewer", password });
}
async function invited() {
  const name = fresh("user");
  return usersCreate.call(admin, { name, email: `${name}@example.org`, role: "viewer" });
}
async function person(): Promise<Extract<Actor, { kind: "user" }>> {
  const { id, name, email, role } = await user();
  return { kind: "user", id, name, email: email ?? "", role, timezone: null, address: null };
}
const channel = async () =>
  (
    await channelsCreate.call(admin, {
      name: fresh("channel"),
      provider: "webhook",
      config: { url: "http://127.0.0.1:9/" },
    })
  ).id;

const monitor = async () => {
  const config = { pingUrl: "http://127.0.0.1:9/ping/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278" };
  return (await channelsCreate.call(admin, { name: fresh("monitor"), provider: "healthchecks", config })).id;
};

/** A problem that one channel is notified of. */
async function problem() {
  const id = await channel();
  await settingsNotificationsUpdate.call(admin, { globalChannels: [id] });
  const emitted = await emit({
    type: "custom.notification",
    subject: { kind: "custom", id: "x", name: "x" },
    data: {},
    custom: { title: "t", message: "m", tone: "failure", severity: "critical", dedupKey: fresh("key") },
  });
  const { orm, t } = database();
  const [delivery] = await orm
    .select()
    .from(t.deliveries)
    .where(eq(t.deliveries.eventId, emitted?.id ?? ""));
  return { deliveryId: delivery?.id ?? "", alertId: delivery?.alertId ?? "" };
}

const place = { name: "", kind: "local", createFolder: true, config: { path: path.join(tmpdir(), "belfry-backups") } };
const source = async () =>
  (await sourcesCreate.call(admin, { name: fresh("source"), kind: "directory", config: { path: "/srv/data" } })).id;
const destination = async () => (await destinationsCreate.call(admin, { ...place, name: fresh("place") })).id;
const jobInput = async () => ({
  name: fresh("job"),
  kind: "managed",
  sourceId: await source(),
  destinationIds: [await destination()],
  schedule: null,
  enabled: true,
  compression: "none",
  retention: { keepLast: 3 },
  notifications: [],
});
const job = async () => (await jobsCreate.call(admin, await jobInput())).id;

const passphrase = "a passphrase of some length";
const repositoryInput = () => ({
  name: fresh("repository"),
  kind: "borg",
  location: path.join(folder, fresh("borg")),
  passphrase,
  create: true,
  retention: { last: 3 },
});
const repository = async () => (await repositoriesCreate.call(admin, repositoryInput())).id;

/** A stored backup, as far as the database knows. */
async function artifact(more: { suspicion?: string; jobId?: string } = {}) {
  const { orm, t } = database();
  const id = fresh("art");
  await orm.insert(t.artifacts).values({
    id,
    runId: "run_1",
    jobId: null,
    jobName: "job",
    destinationId: await destination(),
    destinationName: "place",
    sourceKind: "directory",
    compression: "none",
    path: "x.tar",
    bytes: 1,
    sha256: "00",
    createdAt: 1,
    ...more,
  });
  return id;
}

/** Makes the installation a copy, as far as the database knows. */
async function pauseAsCopy() {
  const known = await currentInstallation();
  const pause = { reason: "copied" as const, originalId: "ins_1", originalPlace: null, since: 1 };
  await transact([], (tx) => putIdentity(tx, { ...known, pause }, Date.now()));
}

const steps = async () => [{ afterMinutes: 5, channels: [await channel()] }];
const policy = async () => (await escalationPoliciesCreate.call(admin, { name: fresh("e"), steps: await steps() })).id;

const ruleProfile = async () => (await profilesCreate.call(admin, { name: fresh("p"), notifications: [] })).id;
const silence = async () => (await silencesCreate.call(admin, { reason: fresh("s") })).id;
const client = async () => (await clientsCreate.call(admin, { name: fresh("c"), origin: "http://belfry.test" })).id;
const sync = async () =>
  (await syncsCreate.call(admin, { name: fresh("y"), from: { path: "/srv" }, destinationId: await destination() })).id;
const route = async () => (await routesCreate.call(admin, { name: fresh("r"), channels: [await channel()] })).id;

/** Simple input for each verb that changes something, and who asks. */
const CALLS: Record<string, () => Promise<{ actor?: Actor | null; input: unknown }>> = {
  "alerts.acknowledge": async () => ({ input: { id: (await problem()).alertId } }),
  "alerts.resolve": async () => ({ input: { id: (await problem()).alertId } }),
  "notifications.acknowledge": async () => ({ input: { id: (await problem()).alertId } }),
  "notifications.resolve": async () => ({ input: { id: (await problem()).alertId } }),
  "notifications.snooze": async () => ({
    input: { id: (await problem()).alertId, until: new Date(Date.now() + 3_600_000).toISOString() },
  }),
  "apiKeys.create": async () => ({ input: { name: "a", role: "viewer" } }),
  "apiKeys.revoke": async () => ({
    input: { id: (await apiKeysCreate.call(admin, { name: "a", role: "viewer" })).id },
  }),
  "channels.create": async () => ({
    input: { name: fresh("c"), provider: "webhook", config: { url: "http://127.0.0.1:9/" } },
  }),
  "channels.update": async () => ({ input: { id: await channel(), enabled: false } }),
  "channels.duplicate": async () => ({ input: { id: await channel() } }),
  "channels.move": async () => {
    const id = await channel();
    await settingsNotificationsUpdate.call(admin, { globalChannels: [id] });
    return { input: { id, to: await channel() } };
  },
  "channels.delete": async () => ({ input: { id: await channel() } }),
  "channels.recover": async () => ({ input: { id: await channel(), since: "2026-01-01T00:00:00Z", as: "each" } }),
  "deliveries.cancel": async () => ({ input: { id: (await problem()).deliveryId } }),
  "deliveries.resend": async () => {
    const { deliveryId: id } = await problem();
    await deliveriesCancel.call(admin, { id });
    return { input: { id } };
  },
  "escalationPolicies.create": async () => ({ input: { name: fresh("e"), steps: await steps() } }),
  "escalationPolicies.update": async () => ({ input: { id: await policy(), repeat: 1 } }),
  "escalationPolicies.delete": async () => ({ input: { id: await policy() } }),
  "clients.create": async () => ({ input: { name: fresh("c"), origin: "http://belfry.test" } }),
  "clients.update": async () => ({ input: { id: await client(), muted: true } }),
  "clients.rotate": async () => ({ input: { id: await client(), origin: "http://belfry.test" } }),
  "clients.revoke": async () => ({ input: { id: await client() } }),
  "clients.delete": async () => ({ input: { id: await client() } }),
  "syncs.create": async () => ({
    input: { name: fresh("y"), from: { path: "/srv" }, destinationId: await destination() },
  }),
  "syncs.update": async () => ({ input: { id: await sync(), deleteRemoved: true } }),
  "syncs.run": async () => ({ input: { id: await sync() } }),
  "syncs.delete": async () => ({ input: { id: await sync() } }),
  "silences.create": async () => ({ input: { reason: "disks" } }),
  "silences.update": async () => ({ input: { id: await silence(), effect: "drop" } }),
  "silences.delete": async () => ({ input: { id: await silence() } }),
  "routes.create": async () => ({ input: { name: fresh("r"), channels: [await channel()] } }),
  "routes.update": async () => ({ input: { id: await route(), enabled: false } }),
  "routes.delete": async () => ({ input: { id: await route() } }),
  "profiles.create": async () => ({ input: { name: fresh("p"), notifications: [] } }),
  "profiles.update": async () => ({ input: { id: await ruleProfile(), name: fresh("renamed") } }),
  "profiles.delete": async () => ({ input: { id: await ruleProfile() } }),
  "jobs.bulk": async () => ({ input: { ids: [await job()], set: { enabled: false } } }),
  "repositories.create": async () => ({ input: { ...repositoryInput(), name: fresh("r") } }),
  "repositories.update": async () => ({ input: { id: await repository(), name: fresh("renamed") } }),
  "repositories.check": async () => ({ input: { id: await repository() } }),
  "repositories.compact": async () => ({ input: { id: await repository() } }),
  "repositories.prune": async () => ({ input: { id: await repository() } }),
  "repositories.breakLock": async () => {
    const id = await repository();
    const { repository: row } = (await findRepository(id)) ?? {};
    const lock = path.join(row?.location ?? "", "lock.exclusive");
    mkdirSync(lock);
    writeFileSync(path.join(lock, "nas@1234.4711-0"), "");
    return { input: { id, holder: "process 4711 on nas" } };
  },
  "repositories.delete": async () => ({ input: { id: await repository() } }),
  "sources.create": async () => ({ input: { name: "s", kind: "directory", config: { path: "/srv/data" } } }),
  "sources.update": async () => ({ input: { id: await source(), name: fresh("renamed") } }),
  "sources.delete": async () => ({ input: { id: await source() } }),
  "destinations.create": async () => ({ input: { ...place, name: "d" } }),
  "destinations.update": async () => ({ input: { id: await destination(), name: fresh("renamed") } }),
  "destinations.delete": async () => ({ input: { id: await destination() } }),
  "jobs.create": async () => ({ input: await jobInput() }),
  "jobs.update": async () => ({ input: { id: await job(), enabled: false } }),
  "jobs.delete": async () => ({ input: { id: await job() } }),
  "jobs.pause": async () => ({ input: { id: await job() } }),
  "jobs.resume": async () => ({ input: { id: await job() } }),
  "jobs.importBorgmatic": async () => ({
    input: { text: "source_directories: [/etc]", name: fresh("borgmatic"), create: true },
  }),
  "jobs.importChecks": async () => ({
    input: { text: JSON.stringify({ checks: [{ name: fresh("check"), grace: 60, timeout: 60 }] }), create: true },
  }),
  "jobs.rotateToken": async () => ({
    input: { id: (await jobsCreate.call(admin, { kind: "external", name: fresh("nas") })).id },
  }),
  "settings.pingKey.rotate": async () => ({ input: {} }),
  "jobs.checkIntegrity": async () => {
    const jobId = await job();
    await artifact({ jobId });
    return { input: { id: jobId } };
  },
  "jobs.run": async () => ({ input: { id: await job() } }),
  "runs.cancel": async () => ({ input: { id: (await jobsRun.call(admin, { id: await job() })).runId } }),
  "artifacts.accept": async () => ({ input: { id: await artifact({ suspicion: "Far less than usual." }) } }),
  "artifacts.testRestore": async () => ({ input: { id: await artifact() } }),
  "artifacts.restore": async () => ({
    input: { id: await artifact(), target: { path: path.join(tmpdir(), "belfry-nothing-here", "x") } },
  }),
  "configBackup.update": async () => ({ input: { destinationId: await destination(), passphrase } }),
  "configBackup.run": async () => {
    await configBackupUpdate.call(admin, { destinationId: await destination(), passphrase });
    return { input: {} };
  },
  "configBackup.create": async () => ({ input: { passphrase } }),
  "configBackup.report": async () => ({ input: { file: "/srv/configuration.belfry" } }),
  "configBackup.download": async () => ({ input: { passphrase } }),
  "configBackup.restore": async () => {
    await usersCreate.call(admin, { name: "root", email: "root@example.org", role: "admin", password });
    return { input: { file: (await configBackupDownload.call(admin, { passphrase })).bytes, passphrase } };
  },
  "installation.takeOver": async () => {
    await pauseAsCopy();
    return { input: {} };
  },
  "installation.stayApart": async () => {
    await pauseAsCopy();
    return { input: {} };
  },
  "profile.password": async () => ({
    actor: await person(),
    input: { current: password, password: "another long phrase" },
  }),
  "profile.update": async () => ({ actor: await person(), input: { timezone: "Europe/Zurich" } }),
  "profile.updateInbox": async () => ({ actor: await person(), input: { sound: true } }),
  "profile.endSession": async () => {
    const actor = await person();
    return { actor, input: { id: (await storeSession(actor.id)).id } };
  },
  "profile.endOtherSessions": async () => {
    const actor = await person();
    return { actor: { ...actor, sessionId: (await storeSession(actor.id)).id }, input: {} };
  },
  "session.signOut": async () => {
    const actor = await person();
    return { actor: { ...actor, sessionId: (await storeSession(actor.id)).id }, input: {} };
  },
  "session.signIn": async () => ({ actor: null, input: { email: (await user()).email, password } }),
  "settings.email.update": async () => ({ input: { config: { host: "mail.example", from: "a@example.org" } } }),
  "settings.heartbeat.update": async () => ({ input: { channelId: await monitor(), everyMinutes: 10 } }),
  "settings.general.update": async () => ({ input: { retentionDays: 60 } }),
  "settings.notifications.update": async () => ({ input: { events: { "user.login": { enabled: true } } } }),
  "users.create": async () => ({ input: { name: "b", email: "b@example.org", role: "viewer", password } }),
  "users.update": async () => ({ input: { id: (await user()).id, role: "operator" } }),
  "users.delete": async () => ({ input: { id: (await user()).id } }),
  "users.disable": async () => ({ input: { id: (await user()).id } }),
  "users.enable": async () => {
    const { id } = await user();
    await usersDisable.call(admin, { id });
    return { input: { id } };
  },
  "users.invite": async () => ({ input: { id: (await invited()).id } }),
  "users.signOut": async () => ({ input: { id: (await user()).id } }),
  "users.unlock": async () => {
    const { id, email } = await user();
    const { orm, t } = database();
    const guard = { key: `${email}\n192.0.2.1`, userId: id, failures: 5, lastFailureAt: Date.now() };
    await orm.insert(t.loginGuards).values({ ...guard, lockedUntil: Date.now() + 60_000 });
    return { input: { id } };
  },
  "users.unlockAddress": async () => {
    const { orm, t } = database();
    const guard = { key: "\n192.0.2.1", userId: null, failures: 50, lastFailureAt: Date.now() };
    await orm.insert(t.loginGuards).values({ ...guard, lockedUntil: Date.now() + 60_000 });
    return { input: { address: "192.0.2.1" } };
  },
};

/** They need more than simple input; the test that shows their audit row is named. */
const SHOWN_ELSEWHERE: Record<string, string> = {
  "acknowledgeLinks.use": "lib/services/acknowledge-links/acknowledge-link.store.test.ts",
  "invitations.accept": "lib/services/users/invitation.store.test.ts",
  "setup.create": "lib/services/setup/setup.store.test.ts",
};

test("every verb that changes something is called here, or elsewhere", () => {
  expect([...Object.keys(CALLS), ...Object.keys(SHOWN_ELSEWHERE)].sort()).toEqual(verbs.map(({ name }) => name).sort());
});

test.each(verbs.filter(({ name }) => CALLS[name]).map((verb) => [verb.name, verb] as const))(
  "%s leaves one audit row that says who did what",
  async (name, verb) => {
    const call = await CALLS[name]?.();
    const { orm, t } = database();
    const before = await orm.select({ id: t.auditLog.id }).from(t.auditLog);
    const known = new Set(before.map(({ id }) => id));
    const actor = call?.actor === undefined ? admin : call.actor;
    await verb.call(actor, call?.input);
    const rows = (await orm.select().from(t.auditLog)).filter(({ id }) => !known.has(id));
    expect(rows).toMatchObject([
      { verb: name, entity: expect.any(String), actorName: actor?.name ?? expect.any(String) },
    ]);
    expect(JSON.stringify(rows)).not.toContain(password);
  },
);

/** A viewer's key, from somewhere. */
const viewer = (): Actor => ({
  kind: "api_key",
  id: fresh("key"),
  name: "a key",
  role: "viewer",
  address: "192.0.2.7",
});
const operator = (): Actor => ({ ...viewer(), role: "operator" }) as Actor;

/** Simple input for each verb that sends or reveals without a change, and the object that its row names. */
const USES: Record<string, () => Promise<{ input: Record<string, unknown>; entity: string; detail?: object }>> = {
  "settings.pingKey.get": async () => ({ input: {}, entity: "settings" }),
  "artifacts.download": async () => {
    const id = await artifact();
    return { input: { id }, entity: "artifact", detail: { file: "x.tar", destination: "place" } };
  },
  "channels.test": async () => ({ input: { id: await channel() }, entity: "channel", detail: { provider: "webhook" } }),
  "channels.testDraft": async () => ({
    input: { id: await channel(), config: { url: "http://127.0.0.1:9/a-token" } },
    entity: "channel",
    detail: { draft: true, url: "127.0.0.1:9" },
  }),
  "destinations.test": async () => ({ input: { id: await destination() }, entity: "destination" }),
  "destinations.testDraft": async () => ({
    input: { kind: "local", config: { path: "/nowhere" } },
    entity: "destination",
    detail: { kind: "local", draft: true, where: "/nowhere" },
  }),
  "repositories.download": async () => ({
    input: { id: await repository(), archive: "a", path: "b" },
    entity: "repository",
    detail: { archive: "a", path: "b" },
  }),
  "repositories.exportKey": async () => ({ input: { id: await repository() }, entity: "repository" }),
  "reports.send": async () => ({
    input: { period: "daily", channelId: await channel() },
    entity: "report",
    detail: { period: "daily" },
  }),
  "runs.log": async () => ({ input: { id: (await jobsRun.call(admin, { id: await job() })).runId }, entity: "run" }),
  "settings.email.test": async () => ({
    input: { config: { host: "mail.example", port: 1, from: "a@example.org" }, to: "b@example.org" },
    entity: "settings",
    detail: { host: "mail.example", port: 1, to: "b@example.org" },
  }),
  "settings.heartbeat.test": async () => ({
    input: { channelId: await monitor() },
    entity: "settings",
    detail: { provider: "healthchecks" },
  }),
  "settings.notifications.test": async () => ({ input: { type: "user.login" }, entity: "settings" }),
  "sources.test": async () => ({ input: { id: await source() }, entity: "source" }),
  "sources.testDraft": async () => ({
    input: {
      kind: "postgres",
      config: { host: "127.0.0.1", port: 1, user: "u", password: "s3cret-pass", database: "d" },
    },
    entity: "source",
    detail: { host: "127.0.0.1", port: 1 },
  }),
};

async function rowsAfter(work: () => Promise<unknown>) {
  const { orm, t } = database();
  const known = new Set((await orm.select({ id: t.auditLog.id }).from(t.auditLog)).map(({ id }) => id));
  await work();
  return (await orm.select().from(t.auditLog)).filter(({ id }) => !known.has(id));
}

test("fault E14: every verb that sends or reveals is called here", () => {
  expect(Object.keys(USES).sort()).toEqual(uses.map(({ name }) => name).sort());
});

test.each(uses.map((verb) => [verb.name, verb] as const))(
  "fault E14: %s leaves one audit row, also when it fails, with its caller, their address, and no secret",
  async (name, verb) => {
    const { input, entity, detail = {} } = (await USES[name]?.()) ?? { input: {}, entity: "" };
    const caller: Actor = { ...operator(), role: "admin" } as Actor;
    const rows = await rowsAfter(() => verb.call(caller, input).catch(() => undefined));
    expect(rows).toMatchObject([
      { verb: name, entity, actorKind: "api_key", actorId: caller.id, address: "192.0.2.7", detail },
    ]);
    if (input.id) expect(rows[0]).toMatchObject({ entityId: input.id, entityName: expect.stringMatching(/./) });
    expect(JSON.stringify(rows)).not.toMatch(/s3cret-pass|a-token/);
  },
);

test.each(uses.map((verb) => [verb.name, verb] as const))(
  "fault E14: %s by a role that may not is refused and recorded, once a minute",
  async (name, verb) => {
    const { input } = (await USES[name]?.()) ?? { input: {} as Record<string, unknown> };
    const caller = viewer();
    const refused = () => verb.call(caller, input).catch(({ code }) => expect(code).toBe("forbidden"));
    const rows = await rowsAfter(async () => {
      for (let count = 0; count < 3; count++) await refused();
      await verb.call(null, input).catch(() => undefined);
    });
    expect(rows).toMatchObject([
      { verb: name, actorId: caller.id, entityId: input.id ?? null, detail: { refused: "forbidden", role: "viewer" } },
    ]);
  },
);

test("fault E14: a log that is read again and again is recorded once an hour for each reader", async () => {
  const { runId: id } = await jobsRun.call(admin, { id: await job() });
  const [one, other] = [operator(), operator()];
  const rows = await rowsAfter(async () => {
    for (const reader of [one, one, other, one]) await runsLog.call(reader, { id });
  });
  expect(rows.map(({ actorId }) => actorId).sort()).toEqual([one.id, other.id].sort());
});

test("fault E14: what cannot be recorded is neither sent nor revealed", async () => {
  let came = 0;
  const server = createServer((_, response) => response.end(`${++came}`));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { id } = await channelsCreate.call(admin, { name: fresh("c"), provider: "webhook", config: { url } });
  const { orm, t } = database();
  // No database takes this.
  const address = {
    toPostgres() {
      throw new Error("no address");
    },
  };
  const unwritable = { ...operator(), address } as unknown as Actor;
  await expect(channelsTest.call(unwritable, { id })).rejects.toBeDefined();
  expect(came).toBe(0);
  expect(await orm.select().from(t.deliveries).where(eq(t.deliveries.channelId, id))).toEqual([]);
  server.close();
});

/** What sends to others, or reads what is kept back, and the files that may use it without a row. */
const SENDING =
  /\b(testChannel|testDraft|testEvent|testEndpoint|sendNow|openStoredFile|readRepositoryStream|exportKey|readRunLog|exportConfiguration)\(/;
const SENDERS = ["endpoints/test-endpoint.ts"];

test("fault E14: no verb sends a Test or hands out a file without being recorded", () => {
  const folder = path.join(process.cwd(), "lib/services");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !SENDERS.includes(file),
  );
  const silent = files.flatMap((file) => {
    const verbsIn = readFileSync(path.join(folder, file), "utf8").split("defineVerb(").slice(1);
    return verbsIn.filter((text) => SENDING.test(text) && !/records: \{|changes: true/.test(text)).map(() => file);
  });
  expect(silent).toEqual([]);
});

test("fault E14: the filters of the log name every verb that sends or reveals", async () => {
  const groupOf = (name: string) =>
    Object.entries(AUDIT_GROUPS).find(([, patterns]) =>
      patterns.some((pattern) => new RegExp(`^${pattern.replaceAll(".", "\\.").replace("%", ".*")}$`).test(name)),
    )?.[0];
  for (const { name, does } of uses) expect(groupOf(name), name).toBe(does === "sends" ? "tests" : "downloads");
  const caller = { ...operator(), role: "admin" } as Actor;
  await runsLog.call(caller, { id: (await jobsRun.call(admin, { id: await job() })).runId });
  await channelsTest.call(caller, { id: await channel() }).catch(() => undefined);
  const verbsOf = async (group?: string) =>
    (await auditList.call(admin, { actorId: caller.id, ...(group && { group }) })).items.map(({ verb }) => verb);
  expect(await verbsOf("tests")).toEqual(["channels.test"]);
  expect(await verbsOf("downloads")).toEqual(["runs.log"]);
  expect(await verbsOf("sign_ins")).toEqual([]);
  expect(await verbsOf()).toHaveLength(2);
});

const forOthers = verbs.filter(({ permission }) => permission === "operator" || permission === "admin");

test.each(forOthers.map((verb) => [verb.name, verb] as const))(
  "fault E14: %s, which changes something, is recorded when the role does not permit it",
  async (name, verb) => {
    const caller = viewer();
    const rows = await rowsAfter(() =>
      verb.call(caller, { id: "x_1" }).catch(({ code }) => expect(code).toBe("forbidden")),
    );
    expect(rows).toMatchObject([
      { verb: name, actorId: caller.id, address: "192.0.2.7", entityId: "x_1", detail: { refused: "forbidden" } },
    ]);
    expect(Object.keys(ENTITY_NAMES)).toContain(rows[0]?.entity);
  },
);

test("fault E14: an attempt at a backup that only administrators see is recorded, one at nothing is not", async () => {
  const id = await artifact();
  const caller = operator();
  const rows = await rowsAfter(async () => {
    for (const each of ["art_nothing", id])
      await artifactsDownload.call(caller, { id: each }).catch(({ code }) => expect(code).toBe("not_found"));
  });
  expect(rows).toMatchObject([
    { actorId: caller.id, entityId: id, entityName: "job", detail: { refused: "forbidden" } },
  ]);
});
