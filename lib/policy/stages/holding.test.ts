import { describe, expect, it, test } from "vitest";
import type { MatchCondition } from "@/lib/core/matching";
import { emptyRouting, type RoutedSilence, type RoutingSnapshot } from "@/lib/core/routing";
import { compileMatcher } from "../matching";
import type { PlannedDelivery, Situation, Stage } from "../plan";
import { startPlan } from "../start-plan";
import { mute } from "./mute";
import { quietHours } from "./quiet-hours";
import { silence } from "./silence";
import { channelWith, deliveryWith, OPEN_ALERT, situationWith } from "./stages.test-support";

const NOW = 1_000;

function silenceWith(more: Partial<RoutedSilence> = {}, conditions: MatchCondition[] = []): RoutedSilence {
  const takes = compileMatcher({ match: "all", conditions });
  return { id: "sil_1", effect: "hold", startsAt: 0, endsAt: 5_000, recurring: null, takes, ...more };
}

const withRouting = (routing: Partial<RoutingSnapshot>, more: Partial<Situation> = {}) =>
  situationWith({ ...more, routing: { ...emptyRouting(), ...routing } });

/** What a stage makes of one delivery. */
function applied(stage: Stage, situation: Situation, delivery: PlannedDelivery = deliveryWith()): PlannedDelivery {
  const [one] = stage(situation, { ...startPlan(situation), deliveries: [delivery] }).deliveries;
  return one as PlannedDelivery;
}

/** The job works again, after a failure that was open. */
const OVER: Partial<Situation> = {
  draft: {
    type: "backup.completed",
    subject: { kind: "job", id: "job_1", name: "media" },
    data: { job: { id: "job_1", name: "media", slug: "media" } },
  },
  openAlerts: [OPEN_ALERT],
};
const recoveryWith = (more: Parameters<typeof deliveryWith>[0] = {}) =>
  deliveryWith({ kind: "recovery", alertId: OPEN_ALERT.id, ...more });

describe("silence", () => {
  const held = (until: number) => ({ code: "silenced", holder: "silence", by: "sil_1", until });

  it("holds what it matches until its end", () => {
    expect(applied(silence, withRouting({ silences: [silenceWith()] })).held).toEqual(held(5_000));
  });

  it.each([
    ["that is over", silenceWith({ endsAt: NOW })],
    ["that is yet to come", silenceWith({ startsAt: NOW + 1 })],
    ["of another job", silenceWith({}, [{ field: "job", op: "is", value: "other" }])],
    ["of another channel", silenceWith({}, [{ field: "channel", op: "is", value: "chn_2" }])],
    ["of a label that nothing has", silenceWith({}, [{ field: "label", op: "is", value: "env:prod" }])],
  ])("one %s holds nothing", (_, one) => {
    const { held, dropped } = applied(silence, withRouting({ silences: [one] }));
    expect([held, dropped]).toEqual([null, null]);
  });

  it("matches labels of the event's job", () => {
    const one = silenceWith({}, [{ field: "label", op: "is", value: "env:prod" }]);
    expect(applied(silence, withRouting({ silences: [one] }, { labels: ["env:prod"] })).held).toEqual(held(5_000));
  });

  it("drops for good, and of two the drop counts", () => {
    const silences = [silenceWith(), silenceWith({ id: "sil_2", effect: "drop" })];
    expect(applied(silence, withRouting({ silences })).dropped).toEqual({ code: "silence_dropped", by: "sil_2" });
  });

  it("of two that hold the longer counts", () => {
    const silences = [silenceWith({ endsAt: 9_000 }), silenceWith({ id: "sil_2" })];
    expect(applied(silence, withRouting({ silences })).held).toEqual(held(9_000));
  });

  it("never drops a recovery: it comes when the silence is over", () => {
    const situation = withRouting({ silences: [silenceWith({ effect: "drop" })] }, OVER);
    expect(applied(silence, situation, recoveryWith())).toMatchObject({ dropped: null, held: held(5_000) });
  });

  it("pain 26: a recovery shares the fate of its problem, whatever the event that ended it is called", () => {
    const failures = silenceWith({}, [{ field: "event", op: "is", value: "backup.failed" }]);
    const situation = withRouting({ silences: [failures] }, OVER);
    expect(applied(silence, situation, recoveryWith()).held).toEqual(held(5_000));
    expect(applied(silence, situation).held).toBeNull();
    const completions = silenceWith({}, [{ field: "event", op: "is", value: "backup.completed" }]);
    expect(applied(silence, withRouting({ silences: [completions] }, OVER), recoveryWith()).held).toBeNull();
  });

  it("monitors are exempt: what they miss they would report as a job that does not run", () => {
    const delivery = deliveryWith({ channel: channelWith({ isMonitor: true }) });
    expect(applied(silence, withRouting({ silences: [silenceWith()] }), delivery).held).toBeNull();
  });

  it("leaves alone what is suppressed or folded anyway", () => {
    const situation = withRouting({ silences: [silenceWith({ effect: "drop" })] });
    expect(applied(silence, situation, deliveryWith({ suppressed: { code: "event_disabled" } })).dropped).toBeNull();
    expect(applied(silence, situation, deliveryWith({ folded: { into: "d", code: "merged" } })).dropped).toBeNull();
  });
});

describe("quiet hours", () => {
  // The epoch began at midnight.
  const hours = { from: "00:00", to: "01:00", criticalPasses: false };
  const until = 3_600_000;
  const channel = channelWith({ quietHours: hours });

  it("pain 27: of a channel hold until their end", () => {
    const expected = { code: "quiet_hours", holder: "quiet_hours", by: "chn_1", until };
    expect(applied(quietHours, situationWith(), deliveryWith({ channel })).held).toEqual(expected);
  });

  it("of a person hold what goes to them, through whatever channel", () => {
    const situation = withRouting({ quietUsers: new Map([["usr_1", hours]]) });
    const mine = deliveryWith({ target: { recipient: "ana@example.org", userId: "usr_1" } });
    expect(applied(quietHours, situation, mine).held).toMatchObject({ by: "usr_1", until });
    expect(applied(quietHours, situation, deliveryWith()).held).toBeNull();
  });

  it("what is critical passes where that was chosen, and so does its recovery", () => {
    const open = channelWith({ quietHours: { ...hours, criticalPasses: true } });
    expect(applied(quietHours, situationWith(), deliveryWith({ channel: open })).held).toBeNull();
    expect(applied(quietHours, situationWith(OVER), recoveryWith({ channel: open })).held).toBeNull();
    const success = deliveryWith({ channel: open });
    expect(applied(quietHours, situationWith(OVER), success).held).toMatchObject({ until });
  });

  it("are over at their end, and monitors are exempt", () => {
    expect(applied(quietHours, situationWith({ now: until }), deliveryWith({ channel })).held).toBeNull();
    const monitor = channelWith({ quietHours: hours, isMonitor: true });
    expect(applied(quietHours, situationWith(), deliveryWith({ channel: monitor })).held).toBeNull();
  });
});

test("of everything that holds a delivery the longest counts", () => {
  const channel = channelWith({
    mutedUntil: 2_000,
    quietHours: { from: "00:00", to: "01:00", criticalPasses: false },
  });
  const situation = withRouting({ silences: [silenceWith()] });
  const both = [silence, quietHours, mute].reduce(
    (delivery, stage) => applied(stage, situation, delivery),
    deliveryWith({ channel }),
  );
  expect(both.held).toMatchObject({ holder: "quiet_hours", until: 3_600_000 });
});
