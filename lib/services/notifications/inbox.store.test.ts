import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { database, databaseHandle } from "@/db/client";
import { findAlert } from "@/db/queries/alerts";
import { cleanUp } from "@/db/stores/clean-up";
import { correctImpossibleTimes } from "@/db/stores/impossible-times";
import { markAllRead } from "@/db/stores/inbox";
import { deleteAccount } from "@/db/stores/users";
import { freshDatabase } from "@/db/testing";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { subscribe } from "@/lib/core/bus";
import { idsSince, newId } from "@/lib/core/id";
import { MOST_UNREAD } from "@/lib/core/inbox";
import type { Role } from "@/lib/core/role";
import { emit } from "@/lib/dispatch/emit";
import { runEvent } from "@/lib/dispatch/pipeline-fixture";
import { usersCreate } from "@/lib/services/users/create";
import { profileUpdateInbox } from "../profile/inbox";
import { notificationsAcknowledge } from "./acknowledge";
import { notificationsGet } from "./get";
import { notificationsList } from "./list";
import { notificationsRead } from "./read";
import { notificationsReadAll } from "./read-all";
import { notificationsResolve } from "./resolve";
import { notificationsSnooze } from "./snooze";
import { notificationsUnread } from "./unread";

const HOUR = 3_600_000;
let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
});
afterAll(() => close());
beforeEach(async () => {
  const { orm, t } = database();
  for (const table of [t.alerts, t.events, t.inboxReads, t.inboxWatermarks, t.deliveries]) await orm.delete(table);
});

const keyOf = (id: string, role: Role = "operator"): Actor => ({ kind: "api_key", id, name: id, role, address: null });
const ana = keyOf("key_ana");
const bo = keyOf("key_bo");
const viewer = keyOf("key_viewer", "viewer");

let count = 0;
async function person(role: Role): Promise<Extract<Actor, { kind: "user" }>> {
  const name = `person-${++count}`;
  const input = { name, email: `${name}@example.org`, role, password: "correct horse battery" };
  const { id } = await usersCreate.call(systemActor, input);
  return { kind: "user", id, name, email: input.email, role, timezone: null, address: null };
}

type AlertMore = Partial<ReturnType<typeof database>["t"]["alerts"]["$inferInsert"]>;
/** An open alert that occurred last so many hours ago. */
async function addAlert(hoursAgo: number, more: AlertMore = {}): Promise<string> {
  const { orm, t } = database();
  const id = more.id ?? newId("alr");
  const at = Date.now() - hoursAgo * HOUR;
  await orm.insert(t.alerts).values({
    id,
    type: "backup.failed",
    dedupKey: `backup.failed:${id}`,
    status: "firing",
    subjectKind: "job",
    subjectId: `job_${id}`,
    subjectName: `job ${id}`,
    tone: "failure",
    severity: "critical",
    title: `Backup Failed: ${id}`,
    message: "connection refused",
    count: 1,
    openedAt: at,
    lastAt: at,
    ...more,
  });
  return id;
}

const resolved = (hoursAgo = 1): AlertMore => ({
  status: "resolved",
  resolvedAt: Date.now() - hoursAgo * HOUR,
  resolution: "event",
});

type EventMore = Partial<ReturnType<typeof database>["t"]["events"]["$inferInsert"]>;
async function addEvent(type = "backup.completed", title = "Backup Completed: shop", more: EventMore = {}) {
  const { orm, t } = database();
  const id = more.id ?? newId("evt");
  const look = { tone: "success", severity: "info" } as const;
  const at = Date.now();
  await orm.insert(t.events).values({
    id,
    type,
    at,
    subjectKind: "job",
    subjectId: "job_shop",
    subjectName: "shop",
    ...look,
    isTest: false,
    data: {},
    notification: { type, typeName: type, ...look, title, message: "12 files", fields: [], at },
    ...more,
  });
  return id;
}

type Input = Parameters<typeof notificationsList.call>[1] & Record<string, unknown>;
const list = (actor: Actor, input: Input = {}) => notificationsList.call(actor, input);
const ids = async (actor: Actor, input: Input = {}) => (await list(actor, input)).items.map(({ id }) => id);
const unread = async (actor: Actor) => (await notificationsUnread.call(actor, {})).unread;
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    ({ code }: { code: string }) => code,
  );

/** Reads page by page. @param between what happens after each page */
async function walk(actor: Actor, limit: number, between?: (page: number) => Promise<void>): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 50; page++) {
    const { items, nextCursor } = await list(actor, { limit, ...(cursor && { cursor }) });
    seen.push(...items.map(({ id }) => id));
    if (!nextCursor) return seen;
    cursor = nextCursor;
    await between?.(page);
  }
  throw new Error("The list does not end.");
}

describe("the list", () => {
  it("has open alerts, then events without an alert, then resolved alerts; each the latest first", async () => {
    const done = await addAlert(1, resolved());
    const older = await addAlert(9);
    const event = await addEvent();
    const newer = await addAlert(2, { status: "acknowledged", acknowledgedAt: 1, acknowledgedBy: "bo" });
    const laterEvent = await addEvent("user.created", "Account created");
    const doneLater = await addAlert(0.5, resolved());
    await addEvent("backup.completed", "of an alert", { alertId: done });
    await addEvent("backup.completed", "a Test", { isTest: true });
    await addEvent("backup.started", "Backup Started: shop");
    const { items } = await list(ana);
    expect(items.map(({ id }) => id)).toEqual([newer, older, laterEvent, event, doneLater, done]);
    expect(items.map(({ status }) => status)).toEqual(["acknowledged", "new", "new", "new", "resolved", "resolved"]);
    expect(items[1]).toMatchObject({
      type: "backup.failed",
      title: `Backup Failed: ${older}`,
      message: "connection refused",
      subject: { kind: "job", id: `job_${older}`, name: `job ${older}` },
      client: null,
      severity: "critical",
      tone: "failure",
      occurrences: 1,
      snoozedUntil: null,
    });
  });

  it("pages through all three parts without gap or double, whatever the size of a page", async () => {
    // Several at one moment: the id decides.
    const at = Date.now() - HOUR;
    for (let n = 0; n < 5; n++) await addAlert(0, { lastAt: at });
    for (let n = 0; n < 4; n++) await addEvent();
    for (let n = 0; n < 5; n++) await addAlert(0, { lastAt: at, ...resolved() });
    const all = await ids(ana);
    expect(all).toHaveLength(14);
    for (const limit of [1, 2, 3, 5, 13]) expect(await walk(ana, limit)).toEqual(all);
  });

  it("shows an alert that resolves during a walk once, in its place", async () => {
    const open: string[] = [];
    for (let n = 0; n < 6; n++) open.push(await addAlert(n + 1));
    const event = await addEvent();
    const done = await addAlert(3, resolved());
    const [first, , , fourth] = open;
    const seen = await walk(ana, 2, async (page) => {
      if (page > 0) return;
      // One that was shown already, and one that was not.
      for (const id of [first, fourth]) await notificationsResolve.call(systemActor, { id: id ?? "" });
      await addAlert(0);
      await addEvent("backup.completed", "meanwhile", { id: `${idsSince("evt", 0)}0000aaaaaaaa` });
    });
    expect(seen.filter((id) => !id.startsWith(idsSince("evt", 0)))).toEqual([...open, event, done]);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("refuses a cursor of another list, and one that was altered", async () => {
    for (const cursor of ["evt_1", "open", "open.zzzzzzzzzzzz.1.a", "shut.1.1.a", "open.1.1.a.b", "events.-1.1.a"])
      expect(await codeOf(list(ana, { cursor }))).toBe("invalid");
  });

  it("pain 20: 144 successes a day bury no failure, and the badge counts none of them", async () => {
    const failed = await addAlert(23);
    for (let n = 0; n < 144; n++) await addEvent();
    const page = await list(ana, { limit: 10 });
    expect(page.items[0]).toMatchObject({ id: failed, status: "new" });
    expect(page.unread).toBe(1);
    expect(await ids(ana, { severity: "critical" })).toEqual([failed]);
  });

  it("pain 19: a problem that counts up stays one entry, and stays read", async () => {
    const event = await emit(runEvent("backup.failed", "job_a", "first"));
    const [entry] = (await list(ana)).items;
    expect(event && entry).toMatchObject({ occurrences: 1, status: "new" });
    await notificationsRead.call(ana, { id: entry?.id ?? "" });
    for (let n = 0; n < 4; n++) await emit(runEvent("backup.failed", "job_a", `again ${n}`));
    const { items, unread: badge } = await list(ana);
    expect(items).toMatchObject([
      { id: entry?.id, occurrences: 5, status: "read", message: expect.stringContaining("again 3") },
    ]);
    expect(badge).toBe(0);
    await emit(runEvent("backup.completed", "job_a"));
    await emit(runEvent("backup.failed", "job_a", "anew"));
    const later = await list(ana);
    expect(later.items.map(({ status, occurrences }) => [status, occurrences])).toEqual([
      ["new", 1],
      ["resolved", 5],
    ]);
    expect(later.unread).toBe(1);
  });
});

describe("filters", () => {
  it("narrow by status, severity, category, subject and text", async () => {
    const failed = await addAlert(1, { subjectId: "job_shop", subjectName: "shop" });
    const known = await addAlert(2, { status: "acknowledged" });
    const missed = await addAlert(3, { type: "backup.missed", tone: "warning", severity: "warning" });
    const over = await addAlert(4, { ...resolved(), message: "50% of 'disk_2' \\ full" });
    const event = await addEvent("backup.completed", "Backup Completed: shop");
    await notificationsRead.call(ana, { id: missed });
    expect(await ids(ana, { status: "new" })).toEqual([failed, event]);
    expect(await ids(ana, { status: "read" })).toEqual([missed]);
    expect(await ids(ana, { status: "acknowledged" })).toEqual([known]);
    expect(await ids(ana, { status: "resolved" })).toEqual([over]);
    expect(await ids(ana, { status: "open" })).toEqual([failed, known, missed]);
    expect(await ids(ana, { severity: "warning" })).toEqual([missed]);
    expect(await ids(ana, { category: "Schedules" })).toEqual([missed]);
    expect(await ids(ana, { category: "Custom" })).toEqual([]);
    expect(await ids(ana, { subject: "job/job_shop" })).toEqual([failed, event]);
    expect(await ids(ana, { subject: "SHO" })).toEqual([failed, event]);
    expect(await ids(ana, { q: "COMPLETED: sh" })).toEqual([event]);
    expect(await ids(ana, { q: "12 files" })).toEqual([event]);
    expect(await ids(ana, { q: "refused", status: "open" })).toEqual([failed, known, missed]);
  });

  it.each(["50% of", "'disk_2'", "_2' \\", "\\"])("take %s as text, not as a pattern", async (q) => {
    const over = await addAlert(4, { message: "50% of 'disk_2' \\ full" });
    await addAlert(1, { message: "500 of 'diskx2' / full" });
    expect(await ids(ana, { q })).toEqual([over]);
  });

  it.each(["%", "' or 1=1 --", "\u202e", "日本語", '{"a":1}', "a".repeat(200)])("find nothing by %s", async (q) => {
    await addAlert(1);
    await addEvent();
    expect(await ids(ana, { q })).toEqual([]);
  });

  it("refuse what they do not know", async () => {
    for (const input of [{ status: "unread" }, { severity: "bad" }, { category: "x" }, { q: "a".repeat(201) }])
      expect(await codeOf(list(ana, input as Input))).toBe("invalid");
  });

  it("survive a damaged row", async () => {
    const id = await addAlert(1);
    const damaged = await addEvent();
    const handle = databaseHandle();
    // PostgreSQL takes no such row.
    if (handle.kind === "postgres") return;
    handle.raw.prepare("update events set notification = '{' where id = ?").run(damaged);
    expect(await ids(ana, { q: "refused" })).toEqual([id]);
  });
});

describe("read state", () => {
  it("is each reader's own", async () => {
    const one = await addAlert(1);
    const two = await addAlert(2);
    await notificationsRead.call(ana, { id: one });
    expect([await unread(ana), await unread(bo)]).toEqual([1, 2]);
    await notificationsReadAll.call(ana, {});
    expect([await unread(ana), await unread(bo)]).toEqual([0, 2]);
    expect((await list(bo)).items.map(({ id, status }) => [id, status])).toEqual([
      [one, "new"],
      [two, "new"],
    ]);
    expect(await codeOf(notificationsRead.call(ana, { id: one }))).toBe("done");
  });

  it("marks all that is stored as read, and nothing that is stored later with an older id", async () => {
    const now = Date.now();
    const late = `${idsSince("alr", now - 5_000)}0000aaaaaaaa`;
    const seen = await addAlert(1);
    const event = await addEvent();
    await markAllRead(ana.id ?? "", null, now);
    // Its transaction began before and was committed after.
    await addAlert(0, { id: late });
    expect((await list(ana)).items.map(({ id, status }) => [id, status])).toEqual([
      [late, "new"],
      [seen, "read"],
      [event, "read"],
    ]);
    expect(await unread(ana)).toBe(1);
  });

  it("leaves unread what came after the list that the reader has seen", async () => {
    const seen = await addAlert(1);
    const seenAt = Date.now();
    const later = await addAlert(0, { id: `${idsSince("alr", seenAt + 2_000)}0000aaaaaaaa` });
    const answer = await notificationsReadAll.call(ana, { seenAt: new Date(seenAt).toISOString() });
    expect(answer.unread).toBe(1);
    expect((await list(ana)).items.map(({ id, status }) => [id, status])).toEqual([
      [later, "new"],
      [seen, "read"],
    ]);
  });

  it("goes by when an entry was stored: one that is dated back is new", async () => {
    await markAllRead(ana.id ?? "", null, Date.now() - 2 * HOUR);
    const backdated = await addAlert(48);
    expect((await list(ana)).items).toMatchObject([{ id: backdated, status: "new" }]);
  });

  it("keeps few rows: the watermark replaces them, and those of what is gone are cleaned", async () => {
    const { orm, t } = database();
    const old = await addAlert(40, { id: `${idsSince("alr", Date.now() - 40 * HOUR)}0000aaaaaaaa`, ...resolved(30) });
    const open = await addAlert(1, { id: `${idsSince("alr", Date.now() - 40 * HOUR)}0001aaaaaaaa` });
    for (const id of [old, open]) await notificationsRead.call(bo, { id });
    await notificationsReadAll.call(ana, {});
    expect(await orm.select().from(t.inboxReads)).toHaveLength(2);
    await cleanUp(Date.now() + HOUR);
    // It does not delete what was read in the last minute.
    await orm.update(t.inboxReads).set({ at: 1 });
    await orm.delete(t.alerts).where(eq(t.alerts.id, old));
    await cleanUp(Date.now());
    expect((await orm.select().from(t.inboxReads)).map(({ itemId }) => itemId)).toEqual([open]);
    expect(await unread(bo)).toBe(0);
  });

  it("ends with the account", async () => {
    const reader = await person("viewer");
    const id = await addAlert(1);
    await notificationsRead.call(reader, { id });
    await notificationsReadAll.call(reader, {});
    const { orm, t } = database();
    const actorName = { id: "aud_x", at: 1, actorKind: "system", actorName: "x", verb: "users.delete" } as const;
    await deleteAccount(reader.id, { ...actorName, entity: "user", entityId: reader.id });
    expect(await orm.select().from(t.inboxReads)).toEqual([]);
    expect(await orm.select().from(t.inboxWatermarks)).toEqual([]);
  });

  it("does not hide what comes after a clock was right again", async () => {
    await markAllRead(ana.id ?? "", null, Date.now() + 48 * HOUR);
    await correctImpossibleTimes(Date.now() - 1);
    await addAlert(0, { id: `${idsSince("alr", Date.now() + 1_000)}0000aaaaaaaa` });
    expect(await unread(ana)).toBe(1);
  });

  it("is announced to the reader's other pages", async () => {
    const id = await addAlert(1);
    const notices: unknown[] = [];
    const end = subscribe((notice) => notices.push(notice));
    await notificationsRead.call(ana, { id });
    end();
    expect(notices).toContainEqual({ topic: "inbox", ids: [ana.id] });
  });
});

describe("the badge", () => {
  it("counts what is unread, not resolved and not snoozed", async () => {
    await addAlert(1);
    await addAlert(1, { status: "acknowledged" });
    await addAlert(1, resolved());
    const snoozed = await addAlert(1);
    await addEvent();
    expect(await unread(ana)).toBe(3);
    await notificationsSnooze.call(bo, { id: snoozed, until: new Date(Date.now() + HOUR).toISOString() });
    expect(await unread(ana)).toBe(2);
    await notificationsSnooze.call(bo, { id: snoozed, until: null });
    expect(await unread(ana)).toBe(3);
  });

  it("counts by the preferences of its user", async () => {
    const reader = await person("operator");
    await addAlert(1);
    await addAlert(1, { type: "backup.missed" });
    await addEvent();
    expect(await unread(reader)).toBe(2);
    await profileUpdateInbox.call(reader, { categories: ["Schedules"] });
    expect(await unread(reader)).toBe(1);
    await profileUpdateInbox.call(reader, { categories: null, counts: "everything" });
    // Its own account is one more event.
    expect(await unread(reader)).toBe(4);
    await profileUpdateInbox.call(reader, { categories: [] });
    expect(await unread(reader)).toBe(0);
    expect(await codeOf(profileUpdateInbox.call(ana, { sound: true }))).toBe("forbidden");
  });

  it("says how bad the worst open alert is that its reader sees, also read or acknowledged, until it is over or snoozed", async () => {
    const worst = async (actor: Actor) => (await notificationsUnread.call(actor, {})).worst;
    expect(await worst(ana)).toBeNull();
    await addAlert(1, { severity: "warning", status: "acknowledged" });
    expect(await worst(ana)).toBe("warning");
    const bad = await addAlert(1, { severity: "critical" });
    await notificationsRead.call(ana, { id: bad });
    expect(await worst(ana)).toBe("critical");
    expect((await notificationsList.call(ana, { limit: 1 })).worst).toBe("critical");
    await notificationsSnooze.call(bo, { id: bad, until: new Date(Date.now() + HOUR).toISOString() });
    expect(await worst(ana)).toBe("warning");
    await notificationsSnooze.call(bo, { id: bad, until: null });
    await notificationsResolve.call(bo, { id: bad });
    expect(await worst(ana)).toBe("warning");
  });

  it("stops counting at its maximum", async () => {
    const { orm, t } = database();
    const id = await addAlert(1);
    const alert = await findAlert(id);
    if (!alert) throw new Error("It is stored.");
    const rows = Array.from({ length: MOST_UNREAD + 5 }, (_, n) => ({ ...alert, id: newId("alr"), dedupKey: `k${n}` }));
    for (let n = 0; n < rows.length; n += 100) await orm.insert(t.alerts).values(rows.slice(n, n + 100));
    expect(await unread(ana)).toBe(MOST_UNREAD);
  });
});

describe("somebody else's entries", () => {
  it("are not there for a role that does not see them: by list, count, search, or id", async () => {
    const hidden = await addAlert(1, { type: "config_backup.failed", title: "hidden title" });
    const login = await addEvent("user.locked", "Sign-in blocked");
    expect(await ids(viewer)).toEqual([]);
    expect(await ids(keyOf("key_admin", "admin"))).toEqual([hidden, login]);
    expect(await unread(viewer)).toBe(0);
    for (const id of [hidden, login]) {
      expect(await codeOf(notificationsGet.call(viewer, { id }))).toBe("not_found");
      expect(await codeOf(notificationsRead.call(viewer, { id }))).toBe("not_found");
    }
    const snooze = { id: hidden, until: new Date(Date.now() + HOUR).toISOString() };
    expect(await codeOf(notificationsAcknowledge.call(ana, { id: hidden }))).toBe("not_found");
    expect(await codeOf(notificationsResolve.call(ana, { id: hidden }))).toBe("not_found");
    expect(await codeOf(notificationsSnooze.call(ana, snooze))).toBe("not_found");
    expect(await codeOf(notificationsSnooze.call(viewer, snooze))).toBe("forbidden");
  });

  it("are found by no text that their reader does not see", async () => {
    const id = await addAlert(1, { message: "secret-host refused", title: "Backup Failed: shop" });
    await addAlert(1, {
      type: "restore.failed",
      subjectName: "/srv/secret-path",
      title: "Restore Failed: /srv/secret-path",
    });
    expect(await ids(viewer, { q: "secret-host" })).toEqual([]);
    expect(await ids(viewer, { q: "secret-path" })).toEqual([]);
    expect(await ids(viewer, { subject: "secret-path" })).toEqual([]);
    expect(await ids(viewer, { q: "failed: shop" })).toEqual([id]);
    expect(await ids(ana, { q: "secret-host" })).toEqual([id]);
    expect((await list(viewer)).items.map(({ message }) => message)).not.toContain("secret-host refused");
  });
});

describe("acts", () => {
  it("acknowledges once: of two people at the same moment one is refused", async () => {
    const id = await addAlert(1);
    const both = await Promise.all([ana, bo].map((actor) => codeOf(notificationsAcknowledge.call(actor, { id }))));
    expect(both.sort()).toEqual(["conflict", "done"]);
    expect(await codeOf(notificationsResolve.call(bo, { id }))).toBe("done");
    expect(await codeOf(notificationsResolve.call(ana, { id }))).toBe("conflict");
    const until = new Date(Date.now() + HOUR).toISOString();
    expect(await codeOf(notificationsSnooze.call(ana, { id, until }))).toBe("conflict");
  });

  it("refuses to acknowledge, resolve or snooze an event, with a sentence", async () => {
    const id = await addEvent();
    const until = new Date(Date.now() + HOUR).toISOString();
    for (const call of [
      () => notificationsAcknowledge.call(ana, { id }),
      () => notificationsResolve.call(ana, { id }),
      () => notificationsSnooze.call(ana, { id, until }),
    ])
      await expect(call()).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringMatching(/^Only an alert/),
      });
    expect(await notificationsRead.call(ana, { id })).toMatchObject({ status: "read" });
  });

  it("takes no snooze into the past, none of more than a year, and none of nonsense", async () => {
    const id = await addAlert(1);
    for (const until of [new Date(0).toISOString(), new Date(Date.now() + 400 * 24 * HOUR).toISOString(), "tomorrow"])
      expect(await codeOf(notificationsSnooze.call(ana, { id, until }))).toBe("invalid");
  });
});

test("the timeline says what happened, when, and who did it", async () => {
  await emit(runEvent("backup.failed", "job_t", "first words"));
  await emit(runEvent("backup.failed", "job_t", "other words"));
  const [entry] = (await list(ana)).items;
  const id = entry?.id ?? "";
  const until = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();
  await notificationsSnooze.call(ana, { id, until: until(1) });
  await notificationsSnooze.call(bo, { id, until: until(8) });
  await notificationsSnooze.call(bo, { id, until: null });
  await notificationsAcknowledge.call(ana, { id });
  await emit(runEvent("backup.completed", "job_t"));
  const { timeline, ...detail } = await notificationsGet.call(bo, { id });
  expect(timeline.map(({ kind, by }) => [kind, by])).toEqual([
    ["occurred", null],
    ["occurred", null],
    ["snoozed", "key_ana"],
    ["snoozed", "key_bo"],
    ["snooze_ended", "key_bo"],
    ["acknowledged", "key_ana"],
    ["recovered", null],
    ["resolved", "Backup Completed"],
  ]);
  expect(timeline.filter(({ kind }) => kind === "occurred").map(({ message }) => message)).toEqual([
    expect.stringContaining("first words"),
    expect.stringContaining("other words"),
  ]);
  expect(detail).toMatchObject({
    status: "resolved",
    acknowledgedBy: "key_ana",
    resolvedBy: "Backup Completed",
    omittedOccurrences: 0,
  });
  const forViewer = await notificationsGet.call(viewer, { id });
  expect(JSON.stringify(forViewer)).not.toMatch(/first words|other words/);
});
