import { expect, test } from "vitest";
import { z } from "zod";
import type { Actor, MaybeActor } from "@/lib/auth/access/actor";
import type { Permission } from "@/lib/auth/access/permission";
import type { AppError } from "@/lib/core/errors";
import { ROLES, type Role } from "@/lib/core/role";
import { allVerbs } from "./testing/all-verbs";
import { parseInput, type Verb } from "./verb";

const verbs = await allVerbs();

/** As agreed. A change here is a change of who may do what. */
const PERMISSIONS: Record<Permission, string[]> = {
  anyone: [
    "acknowledgeLinks.get",
    "acknowledgeLinks.use",
    "agent.heartbeat",
    "agent.reportRun",
    "health.read",
    "healthchecks.badge",
    "healthchecks.tagBadge",
    "invitations.accept",
    "invitations.get",
    "openapi.read",
    "session.signIn",
    "setup.create",
    "setup.status",
  ],
  viewer: [
    "alerts.list",
    "alerts.reachedNobody",
    "artifacts.days",
    "artifacts.get",
    "artifacts.list",
    "channels.get",
    "channels.history",
    "channels.list",
    "channels.options",
    "clients.get",
    "clients.list",
    "deliveries.get",
    "deliveries.list",
    "destinations.get",
    "destinations.kinds",
    "destinations.list",
    "destinations.options",
    "destinations.storage",
    "events.get",
    "events.list",
    "events.types",
    "healthchecks.badges",
    "healthchecks.flips",
    "healthchecks.get",
    "healthchecks.list",
    "installation.get",
    "jobs.count",
    "jobs.get",
    "jobs.ids",
    "jobs.list",
    "jobs.options",
    "labels.list",
    "metrics.read",
    "notifications.get",
    "notifications.list",
    "notifications.read",
    "notifications.readAll",
    "notifications.unread",
    "overview.read",
    "profile.endOtherSessions",
    "profile.endSession",
    "profile.get",
    "profile.password",
    "profile.sessions",
    "profile.update",
    "profile.updateInbox",
    "profiles.get",
    "profiles.list",
    "profiles.options",
    "providers.list",
    "reports.preview",
    "reports.send",
    "repositories.get",
    "repositories.list",
    "repositories.options",
    "repositories.storage",
    "runs.get",
    "runs.list",
    "session.signOut",
    "settings.timezone.get",
    "silences.get",
    "silences.list",
    "sources.get",
    "sources.kinds",
    "sources.list",
    "sources.options",
    "syncs.get",
    "syncs.list",
    "users.get",
    "users.list",
  ],
  operator: [
    "alerts.acknowledge",
    "alerts.resolve",
    "artifacts.accept",
    "artifacts.download",
    "artifacts.outlook",
    "artifacts.restore",
    "artifacts.testRestore",
    "channels.lost",
    "channels.preview",
    "channels.recover",
    "channels.test",
    "clients.storage",
    "deliveries.cancel",
    "deliveries.resend",
    "destinations.test",
    "escalationPolicies.options",
    "healthchecks.pingBody",
    "healthchecks.pings",
    "jobs.archives",
    "jobs.bulk",
    "jobs.checkIntegrity",
    "jobs.create",
    "jobs.delete",
    "jobs.hooks",
    "jobs.importBorgmatic",
    "jobs.importChecks",
    "jobs.pause",
    "jobs.resume",
    "jobs.rotateToken",
    "jobs.routingPreview",
    "jobs.run",
    "jobs.update",
    "jobs.webhookPreview",
    "matching.preview",
    "notifications.acknowledge",
    "notifications.resolve",
    "notifications.snooze",
    "notify.send",
    "repositories.archives",
    "repositories.check",
    "repositories.compact",
    "repositories.lock",
    "repositories.prune",
    "repositories.test",
    "routes.get",
    "routes.list",
    "runs.cancel",
    "runs.log",
    "settings.general.get",
    "settings.heartbeat.get",
    "settings.notifications.get",
    "settings.notifications.routingPreview",
    "settings.notifications.test",
    "settings.pingKey.get",
    "signals.list",
    "silences.create",
    "silences.delete",
    "silences.update",
    "sources.test",
    "syncs.run",
  ],
  admin: [
    "apiKeys.create",
    "apiKeys.list",
    "apiKeys.revoke",
    "audit.list",
    "channels.create",
    "channels.delete",
    "channels.duplicate",
    "channels.move",
    "channels.recognise",
    "channels.testDraft",
    "channels.update",
    "clients.create",
    "clients.delete",
    "clients.revoke",
    "clients.rotate",
    "clients.update",
    "configBackup.create",
    "configBackup.download",
    "configBackup.get",
    "configBackup.report",
    "configBackup.restore",
    "configBackup.run",
    "configBackup.update",
    "destinations.create",
    "destinations.delete",
    "destinations.testDraft",
    "destinations.update",
    "escalationPolicies.create",
    "escalationPolicies.delete",
    "escalationPolicies.get",
    "escalationPolicies.list",
    "escalationPolicies.update",
    "installation.stayApart",
    "installation.takeOver",
    "installation.tools",
    "jobs.archiveEntries",
    "profiles.create",
    "profiles.delete",
    "profiles.update",
    "repositories.breakLock",
    "repositories.create",
    "repositories.delete",
    "repositories.download",
    "repositories.entries",
    "repositories.exportKey",
    "repositories.update",
    "routes.create",
    "routes.delete",
    "routes.update",
    "settings.email.get",
    "settings.email.test",
    "settings.email.update",
    "settings.general.update",
    "settings.heartbeat.test",
    "settings.heartbeat.update",
    "settings.notifications.update",
    "settings.pingKey.rotate",
    "sources.create",
    "sources.delete",
    "sources.testDraft",
    "sources.update",
    "syncs.create",
    "syncs.delete",
    "syncs.update",
    "users.create",
    "users.delete",
    "users.disable",
    "users.enable",
    "users.invite",
    "users.signOut",
    "users.unlock",
    "users.unlockAddress",
    "users.update",
    "welcome.sample",
  ],
};

const as = (role: Role): Actor => ({ kind: "api_key", id: "key_1", name: "a key", role, address: null });
/** No verb takes a bare number, so a caller who reaches the schema gets `invalid`. */
const NONSENSE = 42;
const codeOf = (verb: Verb, actor: MaybeActor) =>
  verb.call(actor, NONSENSE).then(
    () => "let through",
    (error: { code?: string; message?: string }) => error.code ?? error.message,
  );
const RANK: Record<Role, number> = { admin: 2, operator: 1, viewer: 0 };

test("every verb asks for the role that is agreed for it", () => {
  const found: Record<Permission, string[]> = { anyone: [], viewer: [], operator: [], admin: [] };
  for (const { name, permission } of verbs) found[permission].push(name);
  expect(found).toEqual(PERMISSIONS);
  expect(new Set(verbs.map(({ name }) => name)).size).toBe(verbs.length);
});

test.each(verbs.map((verb) => [verb.name, verb] as const))("%s: nobody, viewer, operator, admin", async (_, verb) => {
  const least = verb.permission;
  expect(await codeOf(verb, null)).toBe(least === "anyone" ? "invalid" : "unauthenticated");
  for (const role of ROLES) {
    const may = least === "anyone" || RANK[role] >= RANK[least];
    expect([role, await codeOf(verb, as(role))]).toEqual([role, may ? "invalid" : "forbidden"]);
  }
});

test.each(verbs.map((verb) => [verb.name, verb] as const))(
  "fault B23: %s refuses a field that it does not know, and names it",
  async (_, verb) => {
    const refused = await verb.call(as("admin"), { zzUnknown: 1 }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "invalid",
      details: { fields: { zzUnknown: expect.stringContaining("“zzUnknown” is not known here") } },
    });
  },
);

/** One value of each shape; a field takes at most some of them. */
const SHAPES = [42, -1, 0.5, 1e9, "", "\u0000", "x".repeat(200_000), true, null, [], [42], [{}], {}, { a: 1 }];

test("fault D8: whatever is wrong with a field is said in a sentence, never in the words of a library", () => {
  const sentences = new Set<string>();
  for (const { input } of verbs) {
    const { properties = {} } = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
    for (const value of SHAPES) {
      try {
        parseInput(input, Object.fromEntries(Object.keys(properties).map((name) => [name, value])));
      } catch (error) {
        const { message, details } = error as AppError;
        for (const sentence of [message, ...Object.values(details.fields ?? {})]) sentences.add(sentence);
      }
    }
  }
  expect(sentences.size).toBeGreaterThan(40);
  const isPlain = (sentence: string) =>
    /^[A-Z“].*\.”?$|^“.*\?$/s.test(sentence) &&
    !/invalid (input|option|string)|expected|received|unrecogni|too (big|small)/i.test(sentence);
  expect([...sentences].filter((sentence) => !isPlain(sentence))).toEqual([]);
});
