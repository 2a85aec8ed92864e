import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { systemActor } from "@/lib/auth/access/actor";
import { until } from "@/lib/dispatch/pipeline-fixture";
import { SignalCounting } from "@/lib/jobs/reported-runs/signal-counting";
import { missedReports } from "@/lib/schedule/monitors/missed-reports";
import { Monitors } from "@/lib/schedule/monitors/monitors";
import { jobsCreate } from "@/lib/services/jobs/create";
import type { ExternalJobView } from "@/lib/services/jobs/view";
import { MINUTE, openClientFixture } from "./testing/clients-fixture";

/*
 * Nights on which the clock is changed in Berlin: 02:30 does not exist on 28 March 2027, and exists twice on 31 October 2027. The
 * other program runs when its own clock says so.
 */

const HOUR = 60 * MINUTE;
let fixture: Awaited<ReturnType<typeof openClientFixture>>;
let counting: SignalCounting;
beforeEach(async () => {
  fixture = await openClientFixture();
  counting = new SignalCounting({ leads: () => true });
  await counting.start();
});
afterEach(async () => {
  await counting.stop();
  await fixture.close();
});

function passTo(at: string): void {
  const by = Date.parse(at) - fixture.clock.now;
  fixture.clock.now += by;
  fixture.clock.passed += by;
}

async function watchUntil(at: string, watching: Monitors): Promise<void> {
  await fixture.pass(Date.parse(at) - fixture.clock.now, [watching], 10 * MINUTE);
}

/** A run as the other program reports it, counted. */
async function reportRun({ uuid }: ExternalJobView): Promise<void> {
  const { orm, t } = database();
  for (const word of ["/start", ""]) {
    expect((await fetch(`${fixture.url}/ping/${uuid}${word}`, { method: "POST" })).status).toBe(200);
    for (;;) {
      fixture.clock.now += 1_500;
      fixture.clock.passed += 1_500;
      await counting.tick();
      const rows = await orm.select({ foldedAt: t.signals.foldedAt }).from(t.signals);
      if (rows.every(({ foldedAt }) => foldedAt !== null)) break;
    }
  }
}

const SCHEDULES = [
  ["cron", { cron: "30 2 * * *" }],
  ["OnCalendar", { onCalendar: "*-*-* 02:30:00" }],
] as const;
/** When the program runs that night: cron makes up for the hour that is left out at its end, systemd does not; of two equal ones both take the first. */
const NIGHTS = [
  ["that lacks 02:30", "2027-03-27T12:00:00Z", "2027-03-28T01:00:05Z", "2027-03-29T00:30:05Z"],
  ["that has 02:30 twice, at the first", "2027-10-30T12:00:00Z", "2027-10-31T00:30:05Z", "2027-11-01T01:30:05Z"],
] as const;

test.each(SCHEDULES.flatMap(([kind, schedule]) => NIGHTS.map((night) => [kind, ...night, schedule] as const)))(
  "by %s, a night %s: nothing is missed, and then the one that does not come is missed once",
  async (kind, night, before, run, next, schedule) => {
    const titles = () => fixture.receiver.received.map(({ title }) => title);
    passTo(before);
    const job = (await jobsCreate.call(systemActor, {
      kind: "external",
      name: "nas",
      schedule: { ...schedule, timezone: "Europe/Berlin" },
      graceMinutes: 30,
      notifications: [{ channelId: fixture.hook, condition: "custom", states: ["missed"] }],
    })) as ExternalJobView;
    const context = { dataDir: "/", hasScheduler: true, lastCrash: null, startedAt: Date.now(), processId: null };
    const watching = new Monitors(context, [missedReports]);
    await watchUntil(run, watching);
    if (kind === "cron" || !night.startsWith("that lacks")) await reportRun(job);
    // The other 02:30 passes, the day, and the next night has its own.
    await watchUntil(next, watching);
    await reportRun(job);
    expect(titles()).toEqual([]);
    // From then on nobody reports: one night's run is missed, at the end of its grace.
    const slot = Date.parse(next) - 5_000 + 24 * HOUR;
    await watchUntil(new Date(slot + 25 * MINUTE).toISOString(), watching);
    expect(titles()).toEqual([]);
    await watchUntil(new Date(slot + 40 * MINUTE).toISOString(), watching);
    await until(() => titles().length > 0);
    await watchUntil(new Date(slot + 12 * HOUR).toISOString(), watching);
    expect(titles()).toEqual(["Missed Schedule: nas"]);
  },
);
