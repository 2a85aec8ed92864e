import { describe, expect, it } from "vitest";
import type { EscalationPolicy } from "@/lib/core/escalation";
import { type AlertDelivery, emptyRouting, type RoutedChannel } from "@/lib/core/routing";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { makePlan } from "../pipeline";
import type { Plan, PlannedDelivery, Situation } from "../plan";
import { startPlan } from "../start-plan";
import { escalate } from "./escalate";
import { alertDeliveryWith, channelWith, deliveryWith, FAILED, OPEN_ALERT, situationWith } from "./stages.test-support";

const MINUTE = 60_000;
const NOW = 1_000;
const ops = channelWith({ id: "ops", name: "Ops" });
const boss = channelWith({ id: "boss", name: "Boss" });
const mailer = channelWith({ id: "mail", name: "Mail", canMailPeople: true, fixed: ["team@example.org"] });
const ada = { id: "usr_ada", email: "ada@example.org", timezone: null };

const night: EscalationPolicy = {
  id: "esc_night",
  name: "Night",
  repeat: 0,
  steps: [
    { afterMinutes: 0, channels: ["ops"], users: [] },
    { afterMinutes: 15, channels: ["boss"], users: ["usr_ada"] },
  ],
};

function situation(
  policy: Partial<EscalationPolicy> = {},
  {
    channels = [ops, boss, mailer],
    sent = [] as AlertDelivery[],
    isOpen = false,
    status = "firing" as const,
    more = {},
  } = {},
): Situation {
  return situationWith({
    draft: FAILED,
    openAlerts: isOpen ? [{ ...OPEN_ALERT, status }] : [],
    alertDeliveries: sent,
    routing: {
      ...emptyRouting(),
      channels: new Map(channels.map((one: RoutedChannel) => [one.id, one])),
      escalation: {
        policies: new Map([["esc_night", { ...night, ...policy }]]),
        people: new Map([["usr_ada", ada]]),
      },
    },
    ...more,
  });
}

function stepsOf(given: Situation, change: (plan: Plan) => Plan = (plan) => plan) {
  const ways = [{ policyId: "esc_night", ruleId: "rule_1", notifyOnRecovery: true }];
  const plan = escalate(given, change({ ...startPlan(given), escalations: ways }));
  return plan.deliveries
    .filter(({ kind }) => kind === "escalation")
    .map(({ step, target, notBefore = 0, suppressed }) => [
      step,
      target.recipient || target.channelId,
      (notBefore - NOW) / MINUTE,
      suppressed?.code ?? null,
    ]);
}

const NIGHT = [
  [1, "ops", 0, null],
  [2, "boss", 15, null],
  [2, "ada@example.org", 15, null],
];

describe("escalate", () => {
  it("an event that opens an alert plans every step, each to its channels and people", () => {
    expect(stepsOf(situation())).toEqual(NIGHT);
  });
  it("repeats count on from the last step", () => {
    expect(stepsOf(situation({ repeat: 2, steps: night.steps.slice(1) })).map(([step, , at]) => [step, at])).toEqual([
      [1, 15],
      [1, 15],
      [2, 30],
      [2, 30],
      [3, 45],
      [3, 45],
    ]);
  });
  it("minutes may be fractions", () => {
    const steps = [{ afterMinutes: 0.02, channels: ["ops"], users: [] }];
    expect(stepsOf(situation({ steps }))).toEqual([[1, "ops", 0.02, null]]);
  });
  it.each([
    ["the next occurrence, when it is planned already", [alertDeliveryWith({ kind: "escalation" })], "firing", []],
    ["the first occurrence that counts", [alertDeliveryWith()], "firing", NIGHT],
    ["an acknowledged problem", [], "acknowledged", []],
  ] as const)("once per alert: %s", (_, sent, status, steps) => {
    const given = situation({}, { sent: [...sent], isOpen: true, status: status as "firing" });
    expect(stepsOf(given)).toEqual(steps);
  });
  it.each([
    ["a deleted channel", { channels: [ops, mailer] }, [NIGHT[0], NIGHT[2]]],
    ["a person without a working Email channel", { channels: [ops, boss] }, NIGHT.slice(0, 2)],
  ])("leaves out %s", (_, more, steps) => expect(stepsOf(situation({}, more))).toEqual(steps));
  it.each([
    ["channel_disabled", { enabled: false }],
    ["below_min_severity", { minSeverity: "critical" as const }],
    ["monitor_takes_runs_only", { isMonitor: true }],
  ])("shows why a channel does not get its step: %s", (code, more) => {
    const draft = { ...FAILED, type: "backup.warning" };
    const given = situation({}, { channels: [ops, { ...boss, ...more }], more: { draft } });
    expect(stepsOf(given)).toEqual([NIGHT[0], [2, "boss", 15, code]]);
  });
  it("a step without a delay adds nothing for those who are notified now", () => {
    const now = deliveryWith({ channel: ops });
    expect(stepsOf(situation(), (plan) => ({ ...plan, deliveries: [now] }))).toEqual(NIGHT.slice(1));
    const late = { ...now, suppressed: { code: "already_notified" as const } };
    expect(stepsOf(situation(), (plan) => ({ ...plan, deliveries: [late] }))).toEqual(NIGHT);
  });
  describe("one person, one message at a time", () => {
    const toAda = (id: string, address: string, more: Partial<RoutedChannel> = {}) =>
      channelWith({ id, canMailPeople: true, mailAddresses: new Map([["", [address]]]), ...more });
    const mailed = toAda("rule_mail", "ada@example.org");
    const atOnce = { steps: [{ afterMinutes: 0, channels: [], users: ["usr_ada"] }] };
    const planned = (channel: RoutedChannel, more: Partial<PlannedDelivery> = {}) =>
      stepsOf(situation(atOnce), (plan) => ({ ...plan, deliveries: [deliveryWith({ channel, ...more })] }));
    const ADA = [[1, "ada@example.org", 0, null]];

    it("the rule's own mail reaches her: no step at the same moment", () => expect(planned(mailed)).toEqual([]));
    it("a mail that is suppressed, or that waits for hours, reaches nobody now", () => {
      expect(planned(mailed, { suppressed: { code: "already_notified" } })).toEqual(ADA);
      const other = { ...deliveryWith({ channel: mailed }).target, ruleId: "rule_2" };
      expect(planned(mailed, { notBefore: NOW + MINUTE, target: other })).toEqual(ADA);
    });
    it("a failing channel may never deliver its mail", () =>
      expect(planned({ ...mailed, isFailing: true })).toEqual(ADA));
    it("two channels of one step, and a channel and a person, with one address", () => {
      const channels = [mailer, toAda("one", "ada@example.org"), toAda("two", "ada@example.org")];
      const steps = [{ afterMinutes: 15, channels: ["one", "two"], users: ["usr_ada"] }];
      expect(stepsOf(situation({ steps }, { channels }))).toEqual([[1, "one", 15, null]]);
    });
    it("a step mails a team with an administrator in it: no copy by the system mail server beside it", () => {
      const systemMail = channelWith({ id: SYSTEM_MAIL_ID, canMailPeople: true, toAdmins: true, fixed: [] });
      const team = channelWith({ id: "team", mailAddresses: new Map([["", ["ada@example.org", "bo@example.org"]]]) });
      const copy = deliveryWith({
        channel: systemMail,
        target: { recipient: "Ada@example.org", route: "system_mail" },
      });
      const mailsAt = (afterMinutes: number) => {
        const steps = [{ afterMinutes, channels: ["team"], users: [] }];
        const given = situation({ steps }, { channels: [team] });
        const ways = [{ policyId: "esc_night", ruleId: null, notifyOnRecovery: true }];
        const plan = escalate(given, { ...startPlan(given), escalations: ways, deliveries: [copy] });
        return plan.deliveries.map(({ channel }) => channel.id);
      };
      expect(mailsAt(0)).toEqual(["team"]);
      expect(mailsAt(5)).toEqual([SYSTEM_MAIL_ID, "team"]);
    });
    it("a later step by the system mail server is no copy: it is sent after an earlier mail, too", () => {
      const systemMail = channelWith({ id: SYSTEM_MAIL_ID, canMailPeople: true, toAdmins: true, fixed: [] });
      const steps = [{ afterMinutes: 5, channels: [], users: ["usr_ada"] }];
      const given = situation({ steps }, { channels: [systemMail] });
      const change = (plan: Plan) => ({ ...plan, deliveries: [deliveryWith({ channel: mailed })] });
      expect(stepsOf(given, change)).toEqual([[1, "ada@example.org", 5, null]]);
    });
  });
  it("begins with the occurrence that the rule counts", () => {
    const waits = deliveryWith({ suppressed: { code: "below_count" } });
    expect(stepsOf(situation(), (plan) => ({ ...plan, deliveries: [waits] }))).toEqual([]);
  });
  it("a policy that is gone, and a fact that is no problem, plan nothing", () => {
    expect(stepsOf(situation({}, { more: { routing: situationWith().routing } }))).toEqual([]);
    const draft = { ...FAILED, type: "backup.completed" };
    expect(stepsOf(situation({}, { more: { draft } }))).toEqual([]);
  });
});

describe("escalation in the whole policy", () => {
  const rules = [
    {
      id: "rule_1",
      channelId: "ops",
      condition: "failure" as const,
      states: null,
      repeat: "first" as const,
      remindHours: null,
      notifyOnRecovery: true,
      escalationPolicyId: "esc_night",
      text: {},
    },
  ];
  const planOf = (more: Parameters<typeof situation>[1] = {}, given: Partial<Situation> = {}) =>
    makePlan({ ...situation({}, more), rules, ...given });
  const shown = (plan: Plan) =>
    plan.deliveries.map(({ kind, target, held }) => [kind, target.channelId, held?.until ?? null]);

  it("a rule's policy follows its notification; a mute holds only what is due before its end", () => {
    const until = NOW + 10 * MINUTE;
    expect(
      shown(
        planOf({
          channels: [
            { ...ops, mutedUntil: until },
            { ...boss, mutedUntil: until },
          ],
        }),
      ),
    ).toEqual([
      ["initial", "ops", until],
      ["escalation", "boss", null],
    ]);
    const longer = NOW + 20 * MINUTE;
    expect(shown(planOf({ channels: [ops, { ...boss, mutedUntil: longer }] }))).toEqual([
      ["initial", "ops", null],
      ["escalation", "boss", longer],
    ]);
  });
  it("a rule that waits for hours without success lets the steps wait for them as well", () => {
    const patient = rules.map((rule) => ({ ...rule, afterHours: 1 }));
    const plan = planOf({}, { rules: patient });
    const begin = NOW + 60 * MINUTE;
    expect(plan.deliveries.map(({ kind, target, notBefore }) => [kind, target.channelId, notBefore])).toEqual([
      ["initial", "ops", begin],
      ["escalation", "boss", begin + 15 * MINUTE],
      ["escalation", "mail", begin + 15 * MINUTE],
    ]);
  });
  it("a recovery goes to those whose step was sent, and cancels the steps that wait", () => {
    const sent = [
      alertDeliveryWith({ id: "dlv_a", channelId: "ops", kind: "escalation" }),
      alertDeliveryWith({ id: "dlv_b", channelId: "boss", kind: "escalation", status: "pending" }),
    ];
    const plan = planOf({ sent, isOpen: true }, { draft: { ...FAILED, type: "backup.completed" } });
    expect(shown(plan)).toEqual([["recovery", "ops", null]]);
    expect(plan.cancels).toEqual([{ deliveryId: "dlv_b", code: "alert_resolved" }]);
    expect(plan.folds).toEqual([]);
  });
  it("a step that waits is no first notification: who gets each problem once still gets it", () => {
    const sent = [alertDeliveryWith({ channelId: "ops", kind: "escalation", status: "pending" })];
    expect(planOf({ sent, isOpen: true }).deliveries).toMatchObject([{ kind: "initial", suppressed: null }]);
  });
});
