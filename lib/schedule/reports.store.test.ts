import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { database } from "@/db/client";
import { allReportSlots } from "@/db/queries/report";
import { applyChannelChanges, type ChannelRow, readChannel } from "@/db/stores/channels";
import { deleteJob, type StoredJob } from "@/db/stores/jobs";
import { writeSetting } from "@/db/stores/setting-changes";
import { deleteAccount, setUserEnabled } from "@/db/stores/users";
import { transact } from "@/db/transact";
import type { ReportSettings } from "@/lib/core/report";
import type { Role } from "@/lib/core/role";
import { emit } from "@/lib/dispatch/emit";
import { forgetRouting } from "@/lib/dispatch/plan/routing-snapshot";
import { backupFailed } from "@/lib/events/backup-failed";
import { backupMissed } from "@/lib/events/backup-missed";
import { configBackupFailed } from "@/lib/events/config-backup-failed";
import type { ReportData } from "@/lib/events/report-data";
import { INSTALLATION_SUBJECT } from "@/lib/events/subjects";
import { audit, type JobFixture, openJobFixture, runRow } from "@/lib/jobs/testing/job-fixture";
import { jobRow } from "@/lib/jobs/testing/job-rows";
import { sendDueReports } from "@/lib/reports/send-due";
import { Reports } from "./reports";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = Date.parse;
/** A Monday in Berlin, 09:00 there: a day after the clock was set back at three o'clock. */
const MONDAY = at("2024-10-28T08:00:00Z");
/** At eight each morning, and on Mondays. */
const BOTH: ReportSettings = { dailyHour: 8, weeklyDay: 1, weeklyHour: 8 };
const DAILY: ReportSettings = { dailyHour: 8, weeklyDay: null, weeklyHour: 8 };

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
  forgetRouting();
  await transact([], (tx) => writeSetting(tx, "general", { timezone: "Europe/Berlin" }, audit()));
});
afterEach(() => fixture.close());

async function addChannel(
  name: string,
  provider: string,
  reports: ReportSettings | null,
  more: Partial<ChannelRow> = {},
) {
  const { orm, t } = database();
  const id = `chn_${name}`;
  const config =
    provider === "email"
      ? { host: "127.0.0.1", port: 25, from: "b@example.org", to: [] }
      : { url: "https://example.org/hook" };
  const times = { createdAt: 0, updatedAt: 0 };
  const rules = { minSeverity: null, mutedUntil: null, rateLimit: null, texts: null, quietHours: null };
  await orm.insert(t.channels).values({
    id,
    name,
    provider,
    enabled: true,
    config,
    secrets: null,
    subscriptions: [],
    ...rules,
    reports,
    ...times,
    ...more,
  });
  return id;
}

async function addUser(name: string, role: Role, reports: ReportSettings | null, timezone: string | null = null) {
  const { orm, t } = database();
  const email = `${name}@example.org`;
  const times = { createdAt: 0, updatedAt: 0 };
  await orm.insert(t.users).values({
    id: `usr_${name}`,
    name,
    email,
    emailKey: email,
    role,
    status: "active",
    passwordHash: "x",
    sessionVersion: 1,
    timezone,
    lastLoginAt: null,
    reports,
    ...times,
  });
  return `usr_${name}`;
}

async function addJob(name: string, cron: string | null = null, more: { enabled?: boolean } = {}): Promise<StoredJob> {
  const { orm, t } = database();
  const job = jobRow(name, { sourceId: "src_1", cron, timezone: "Europe/Berlin", createdAt: 0, updatedAt: 0, ...more });
  await orm.insert(t.jobs).values(job);
  return job;
}

/** Runs of a job that ended then. */
async function addRuns(
  job: StoredJob,
  status: "success" | "warning" | "failure" | "canceled",
  ...ends: [time: string, bytes?: number][]
) {
  const { orm, t } = database();
  const rows = ends.map(([time, bytes]) =>
    runRow(job, {
      status,
      queuedAt: at(time) - 60_000,
      startedAt: at(time) - 60_000,
      finishedAt: at(time),
      bytes: bytes ?? null,
      error: status === "failure" ? "connection refused" : null,
    }),
  );
  await orm.insert(t.runs).values(rows);
}

const missed = (job: StoredJob, count: number, first: string, last: string) =>
  emit(
    backupMissed.draft({
      subject: { kind: "job", id: job.id, name: job.name },
      data: {
        job: { id: job.id, name: job.name, slug: job.slug },
        missed: { count, firstDueAt: at(first), lastDueAt: at(last), graceMinutes: 10 },
      },
    }),
  );

async function sentReports() {
  const { orm, t } = database();
  const rows = await orm.select().from(t.events).where(eq(t.events.type, "report.sent")).orderBy(asc(t.events.id));
  return rows.map(({ data, subjectId, notification }) => ({
    to: subjectId,
    title: notification.title,
    message: notification.message,
    facts: Object.fromEntries(notification.fields.map(({ label, value }) => [label, value])),
    report: data.report as ReportData,
  }));
}

const spansOf = (reports: Awaited<ReturnType<typeof sentReports>>) =>
  reports.map(({ report: { period, from, to } }) => [period, new Date(from).toISOString(), new Date(to).toISOString()]);

/** The first look gives the slots; the second one comes when they are due. */
async function reportAt(before: number, due: number): Promise<void> {
  await sendDueReports(before);
  await sendDueReports(due);
}

describe("the span", () => {
  test("pain 40: a weekly report covers exactly its week in the reader's zone, over a change of the clock", async () => {
    const job = await addJob("shop");
    await addChannel("hook", "webhook", BOTH);
    await addRuns(
      job,
      "success",
      // The last moment of the week before, the first and the last of the week, the first of the next one: in Berlin.
      ["2024-10-20T21:59:59.999Z"],
      ["2024-10-20T22:00:00Z"],
      ["2024-10-27T22:59:59.999Z"],
      ["2024-10-27T23:00:00Z"],
    );
    await reportAt(MONDAY - 2 * HOUR, MONDAY);
    const reports = await sentReports();
    expect(spansOf(reports)).toEqual([
      ["daily", "2024-10-26T22:00:00.000Z", "2024-10-27T23:00:00.000Z"],
      ["weekly", "2024-10-20T22:00:00.000Z", "2024-10-27T23:00:00.000Z"],
    ]);
    expect(reports.map(({ report }) => report.succeeded)).toEqual([1, 2]);
    expect(reports.map(({ title }) => title)).toEqual([
      "Daily report: 1 succeeded, 0 failed, 0 missed",
      "Weekly report: 2 succeeded, 0 failed, 0 missed",
    ]);
    expect(reports[0]?.message).toContain("Sunday, 27 October 2024 (Europe/Berlin, 25 hours: the clock changed).");
    expect(reports[1]?.message).toContain(
      "Monday, 21 October 2024 to Sunday, 27 October 2024 (Europe/Berlin, 169 hours",
    );
    // Without a gap: the next one begins where this one ends.
    await sendDueReports(MONDAY + DAY);
    expect(spansOf(await sentReports()).at(-1)).toEqual([
      "daily",
      "2024-10-27T23:00:00.000Z",
      "2024-10-28T23:00:00.000Z",
    ]);
  });

  test("pain 40: each reader has their own hour and their own day", async () => {
    await addChannel("mail", "email", null);
    await addUser("ana", "admin", DAILY, "Pacific/Auckland");
    await addUser("ben", "admin", DAILY, "America/New_York");
    await sendDueReports(at("2024-07-10T00:00:00Z"));
    expect(
      (await allReportSlots()).map(({ ownerId, nextAt }) => [ownerId, new Date(nextAt).toISOString()]).sort(),
    ).toEqual([
      ["usr_ana", "2024-07-10T20:00:00.000Z"],
      ["usr_ben", "2024-07-10T12:00:00.000Z"],
    ]);
    await sendDueReports(at("2024-07-10T20:00:00Z"));
    expect(spansOf(await sentReports()).sort()).toEqual([
      ["daily", "2024-07-09T04:00:00.000Z", "2024-07-10T04:00:00.000Z"],
      ["daily", "2024-07-09T12:00:00.000Z", "2024-07-10T12:00:00.000Z"],
    ]);
    const { orm, t } = database();
    const deliveries = await orm.select().from(t.deliveries).orderBy(asc(t.deliveries.recipient));
    expect(deliveries).toMatchObject([
      { channelId: "chn_mail", recipient: "ana@example.org", userId: "usr_ana", route: "report", kind: "initial" },
      { channelId: "chn_mail", recipient: "ben@example.org", userId: "usr_ben", route: "report", kind: "initial" },
    ]);
  });

  test("pain 03: after three days without Belfry it is one report, about the newest day, with what never ran", async () => {
    await addChannel("hook", "webhook", DAILY);
    await addJob("shop", "0 2 * * *");
    await sendDueReports(at("2024-07-10T00:00:00Z"));
    // Nothing has reported the slots yet: the scheduler has only just begun.
    await sendDueReports(at("2024-07-13T09:00:00Z"));
    const reports = await sentReports();
    expect(spansOf(reports)).toEqual([["daily", "2024-07-11T22:00:00.000Z", "2024-07-12T22:00:00.000Z"]]);
    expect(reports[0]).toMatchObject({
      title: "Daily report: 0 succeeded, 0 failed, 1 missed",
      facts: { Missed: "shop" },
    });
    expect(await sendDueReports(at("2024-07-13T09:00:15Z"))).toBe(0);
    expect((await allReportSlots()).map(({ nextAt }) => nextAt)).toEqual([at("2024-07-14T06:00:00Z")]);
  });
});

test("reports that came due while Belfry was down are one problem, which the next one that is on time ends", async () => {
  await addChannel("ops", "webhook", DAILY);
  await addChannel("mail", "email", null);
  await addUser("ana", "admin", DAILY);
  await sendDueReports(at("2024-07-10T00:00:00Z"));
  await sendDueReports(at("2024-07-10T06:00:15Z"));
  expect(await missedReports()).toEqual([]);
  await sendDueReports(at("2024-07-13T09:00:00Z"));
  expect(await missedReports()).toMatchObject([
    {
      at: at("2024-07-11T06:05:00Z"),
      data: { missed: { count: 6, firstDueAt: at("2024-07-11T06:00:00Z"), lastDueAt: at("2024-07-13T06:00:00Z") } },
      notification: { title: "Missed Schedule: reports", fields: [{ label: "For", value: "ana, ops" }] },
    },
  ]);
  await sendDueReports(at("2024-07-14T06:00:00Z"));
  expect(await missedAlerts()).toEqual(["resolved"]);
  // Each outage anew.
  await sendDueReports(at("2024-07-16T06:00:00Z"));
  expect(await missedAlerts()).toEqual(["resolved", "firing"]);
});

async function missedReports() {
  const { orm, t } = database();
  return await orm.select().from(t.events).where(eq(t.events.type, "report.missed")).orderBy(asc(t.events.id));
}

async function missedAlerts() {
  const { orm, t } = database();
  const rows = await orm.select().from(t.alerts).where(eq(t.alerts.type, "report.missed")).orderBy(asc(t.alerts.id));
  return rows.map(({ status }) => status);
}

describe("what it says", () => {
  test("pain 03: missed slots count in every rate, and each report has those of its own day", async () => {
    const [shop, wiki, gone] = [
      await addJob("shop", "0 2 * * *"),
      await addJob("wiki", "0 * * * *"),
      await addJob("old"),
    ];
    await addChannel("hook", "webhook", DAILY);
    await addRuns(shop, "success", ["2024-07-10T00:05:00Z", 1000]);
    await addRuns(shop, "failure", ["2024-07-10T10:00:00Z"], ["2024-07-10T11:00:00Z"]);
    await addRuns(wiki, "warning", ["2024-07-10T02:00:00Z"]);
    await addRuns(gone, "success", ["2024-07-10T03:00:00Z"]);
    await addRuns(gone, "failure", ["2024-07-10T03:30:00Z"]);
    // Three of the hourly slots were on the day before, two on the day.
    await missed(wiki, 5, "2024-07-09T19:00:00Z", "2024-07-09T23:00:00Z");
    // The job is removed before its report is made: its runs are of the day all the same.
    await deleteJob(gone.id, audit());
    await reportAt(at("2024-07-11T00:00:00Z"), at("2024-07-11T06:00:00Z"));
    const [report] = await sentReports();
    expect(report).toMatchObject({
      title: "Daily report: 2 succeeded, 1 with warnings, 3 failed, 2 missed",
      facts: {
        Failed: "shop, 2 times: connection refused\nold: connection refused",
        Missed: "wiki, 2 times",
        "Largest growth": "shop: 1 kB, nothing the day before",
      },
    });
    expect(report?.message).toContain("Success rate 37 %: 3 of 8 runs, missed ones counted.");
  });

  test("nothing ran", async () => {
    await addChannel("hook", "webhook", DAILY);
    await reportAt(at("2024-07-11T00:00:00Z"), at("2024-07-11T06:00:00Z"));
    expect(await sentReports()).toMatchObject([
      { title: "Daily report: nothing ran", message: expect.stringContaining("No job is enabled."), facts: {} },
    ]);
  });

  test("what is open, paused and growing, and no more than its reader sees on screen", async () => {
    const shop = await addJob("shop");
    await addJob("wiki", null, { enabled: false });
    await addChannel("mail", "email", null);
    await addChannel("quiet", "webhook", null, { mutedUntil: at("2024-07-12T10:00:00Z") });
    await addUser("ana", "admin", DAILY);
    await addUser("eva", "viewer", DAILY);
    await addRuns(shop, "success", ["2024-07-09T10:00:00Z", 4_000_000], ["2024-07-10T10:00:00Z", 9_000_000]);
    await addRuns(shop, "failure", ["2024-07-10T12:00:00Z"]);
    const { orm, t } = database();
    await orm
      .insert(t.runs)
      .values(
        runRow(
          { id: "", name: "/srv/secret" },
          { jobId: null, kind: "restore", status: "failure", queuedAt: 0, finishedAt: at("2024-07-10T13:00:00Z") },
        ),
      );
    await orm.insert(t.silences).values([
      {
        id: "sil_1",
        reason: "move",
        match: "all",
        conditions: [],
        startsAt: 0,
        endsAt: at("2024-07-11T16:00:00Z"),
        recurring: null,
        effect: "hold",
        createdByName: "Ana",
        createdAt: 0,
        updatedAt: 0,
      },
      {
        id: "sil_2",
        reason: "over",
        match: "all",
        conditions: [],
        startsAt: 0,
        endsAt: 1,
        recurring: null,
        effect: "hold",
        createdByName: "Ana",
        createdAt: 0,
        updatedAt: 0,
      },
      {
        id: "sil_3",
        reason: "sundays",
        match: "all",
        conditions: [],
        startsAt: 0,
        endsAt: null,
        recurring: { cron: "0 2 * * 0", timezone: "UTC", minutes: 60 },
        effect: "hold",
        createdByName: "Ana",
        createdAt: 0,
        updatedAt: 0,
      },
    ]);
    await emit({
      ...backupFailed.draft({ subject: { kind: "job", id: shop.id, name: "shop" }, data: { error: "no route" } }),
      at: at("2024-07-10T12:00:00Z"),
    });
    await emit({
      ...configBackupFailed.draft({ subject: INSTALLATION_SUBJECT, data: {} }),
      at: at("2024-07-10T12:30:00Z"),
    });
    await reportAt(at("2024-07-11T00:00:00Z"), at("2024-07-11T06:00:00Z"));
    const byReader = new Map((await sentReports()).map((one) => [one.to, one]));
    expect(byReader.get("usr_ana")?.facts).toEqual({
      Failed: "/srv/secret (restore)\nshop: connection refused",
      "Open alerts":
        "Backup Failed: shop, since 10 Jul 2024, 14:00\nConfiguration Backup Failed, since 10 Jul 2024, 14:30",
      "Silenced or paused":
        "wiki: disabled\nquiet: channel muted until 12 Jul 2024, 12:00\nmove: silenced until 11 Jul 2024, 18:00",
      "Largest growth": "shop: 9 MB, 5 MB more than the day before",
    });
    expect(byReader.get("usr_eva")?.facts).toMatchObject({
      Failed: "Restore (restore)\nshop",
      "Open alerts": "Backup Failed: shop, since 10 Jul 2024, 14:00",
    });
    // The counts are the same for all.
    expect(byReader.get("usr_eva")?.title).toBe(byReader.get("usr_ana")?.title);
  });

  test("a thousand jobs: the counts are of all, the lists name twenty", async () => {
    const { orm, t } = database();
    await addChannel("hook", "webhook", BOTH);
    const jobs = Array.from({ length: 1000 }, (_, index) =>
      jobRow(`job ${index}`, { sourceId: "src_1", cron: "30 1 * * *", timezone: "UTC", createdAt: 0, updatedAt: 0 }),
    );
    await orm.insert(t.jobs).values(jobs);
    const end = at("2024-07-10T01:40:00Z");
    const runs = jobs
      .slice(0, 950)
      .map((job, index) =>
        runRow(job, { status: index < 900 ? "success" : "failure", queuedAt: end - 1, finishedAt: end, bytes: index }),
      );
    // SQLite takes no more values at once.
    for (const from of [0, 500]) await orm.insert(t.runs).values(runs.slice(from, from + 500));
    await reportAt(at("2024-07-11T00:00:00Z"), at("2024-07-11T06:00:00Z"));
    const [report] = await sentReports();
    expect(report?.title).toBe("Daily report: 900 succeeded, 50 failed, 50 missed");
    expect(report?.facts.Failed?.split("\n")).toHaveLength(21);
    expect(report?.facts.Missed).toMatch(/\nand 30 more$/);
  });
});

describe("the slots", () => {
  test("two processes send one report", async () => {
    await addChannel("hook", "webhook", DAILY);
    await sendDueReports(at("2024-07-11T00:00:00Z"));
    const now = at("2024-07-11T06:00:00Z");
    const sent = await Promise.all([sendDueReports(now), sendDueReports(now), sendDueReports(now)]);
    expect(sent.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(await sentReports()).toHaveLength(1);
  });

  test("a clock that was ahead leaves no report behind it, and one that was set back sends none twice", async () => {
    await addChannel("hook", "webhook", DAILY);
    await sendDueReports(at("2031-01-01T00:00:00Z"));
    await sendDueReports(at("2024-07-11T00:00:00Z"));
    expect((await allReportSlots()).map(({ nextAt }) => nextAt)).toEqual([at("2024-07-11T06:00:00Z")]);
    await sendDueReports(at("2024-07-11T06:00:00Z"));
    await sendDueReports(at("2024-07-11T05:59:50Z"));
    expect(await sentReports()).toHaveLength(1);
  });

  test("right after the clock leapt nothing is sent until it has stayed", async () => {
    await addChannel("hook", "webhook", DAILY);
    let now = at("2024-07-11T00:00:00Z");
    const reports = new Reports({ owner: "wrk_1", clock: () => now });
    await reports.tick();
    now = at("2024-09-01T12:00:00Z");
    await reports.tick();
    expect(await sentReports()).toEqual([]);
    now += 31_000;
    await reports.tick();
    expect(spansOf(await sentReports())).toEqual([["daily", "2024-08-30T22:00:00.000Z", "2024-08-31T22:00:00.000Z"]]);
    await reports.stop();
  });

  test("another zone of the installation moves them; they go with their owner", async () => {
    await addChannel("mail", "email", DAILY);
    const ana = await addUser("ana", "admin", DAILY);
    await addUser("ben", "admin", DAILY);
    await addUser("eva", "admin", null);
    await sendDueReports(at("2024-07-11T00:00:00Z"));
    await transact([], (tx) => writeSetting(tx, "general", { timezone: "America/New_York" }, audit()));
    await sendDueReports(at("2024-07-11T00:01:00Z"));
    expect(new Set((await allReportSlots()).map(({ nextAt }) => nextAt))).toEqual(
      new Set([at("2024-07-11T12:00:00Z")]),
    );
    await setUserEnabled(ana, false, audit());
    await deleteAccount("usr_ben", audit());
    expect((await allReportSlots()).map(({ ownerId }) => ownerId)).toEqual(["chn_mail"]);
    await transact([], function* (tx) {
      yield* applyChannelChanges(tx, yield* readChannel(tx, "chn_mail"), { enabled: false }, audit());
    });
    await sendDueReports(at("2024-07-11T12:00:00Z"));
    expect([await allReportSlots(), await sentReports()]).toEqual([[], []]);
  });

  test("no Email channel: the report that nobody got is a problem, and the next one ends it", async () => {
    await addUser("ana", "admin", DAILY);
    await reportAt(at("2024-07-11T00:00:00Z"), at("2024-07-11T06:00:00Z"));
    const { orm, t } = database();
    const alerts = async () =>
      (await orm.select().from(t.alerts)).map(({ type, status, message }) => ({ type, status, message }));
    expect(await alerts()).toMatchObject([
      {
        type: "system.error",
        status: "firing",
        message: expect.stringContaining("The daily report for ana was not sent"),
      },
    ]);
    await addChannel("mail", "email", null);
    forgetRouting();
    await sendDueReports(at("2024-07-12T06:00:00Z"));
    expect(await alerts()).toMatchObject([{ status: "resolved" }]);
  });
});
