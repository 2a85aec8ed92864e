import { describe, expect, it } from "vitest";
import type { EventDraft } from "@/lib/core/event";
import type { Condition, JobState } from "@/lib/core/job";
import {
  type EventSetting,
  emptyRouting,
  type JobNotificationRule,
  type RoutedChannel,
  type RoutingSnapshot,
} from "@/lib/core/routing";
import { eventType } from "@/lib/events/catalog";
import { makePlan } from "../pipeline";
import { defaultEventSetting, ruleTakes } from "../rules";

function channel(id: string, more: Partial<RoutedChannel> = {}): RoutedChannel {
  return {
    id,
    name: id,
    provider: "webhook",
    providerName: "Webhook",
    enabled: true,
    isMonitor: false,
    closesAlerts: false,
    rings: false,
    minSeverity: null,
    mutedUntil: null,
    quietHours: null,
    canMailPeople: false,
    isFailing: false,
    subscriptions: [],
    fixed: [""],
    toAdmins: false,
    ...more,
  };
}

function snapshot(
  channels: RoutedChannel[],
  globalChannels: string[],
  events: Record<string, Partial<EventSetting>> = {},
): RoutingSnapshot {
  return {
    ...emptyRouting(),
    channels: new Map(channels.map((one) => [one.id, one])),
    globalChannels,
    events: Object.fromEntries(
      Object.entries(events).map(([type, setting]) => [type, { ...defaultEventSetting(eventType(type)), ...setting }]),
    ),
    admins: [
      { id: "usr_1", email: "ana@example.org", timezone: null },
      { id: "usr_2", email: "ben@example.org", timezone: null },
    ],
  };
}

function ruleFor(
  channelId: string,
  condition: Condition,
  more: Partial<JobNotificationRule> = {},
): JobNotificationRule {
  return {
    id: `row_${channelId}`,
    channelId,
    condition,
    states: null,
    repeat: "every",
    remindHours: null,
    notifyOnRecovery: true,
    text: {},
    ...more,
  };
}

const login: EventDraft = {
  type: "user.login",
  subject: { kind: "user", id: "usr_9", name: "Eve" },
  data: { user: { id: "usr_9", name: "Eve", email: "eve@example.org" } },
};
const failed: EventDraft = {
  type: "backup.failed",
  subject: { kind: "job", id: "job_a", name: "a" },
  data: { job: { id: "job_a", name: "a", slug: "a" } },
};
const restored: EventDraft = {
  type: "restore.completed",
  subject: { kind: "restore", id: "/x", name: "/x" },
  data: {},
};

/** What the pipeline sends: recipients that nothing suppresses. */
function planned(draft: EventDraft, routing: RoutingSnapshot, rules: JobNotificationRule[] = []) {
  let ids = 0;
  return makePlan({
    draft,
    at: 1,
    now: 1,
    newId: (prefix) => `${prefix}_${++ids}`,
    routing,
    rules,
    openAlerts: [],
    alertDeliveries: [],
    labels: [],
  });
}

const targetsOf = (draft: EventDraft, routing: RoutingSnapshot, rules: JobNotificationRule[] = []) =>
  planned(draft, routing, rules)
    .deliveries.filter(({ suppressed }) => !suppressed)
    .map(({ target }) => target);

const notified = (draft: EventDraft, routing: RoutingSnapshot, rules: JobNotificationRule[] = []) =>
  targetsOf(draft, routing, rules)
    .map((target) => `${target.channelId}${target.recipient ? `>${target.recipient}` : ""}:${target.route}`)
    .sort();

const suppressed = (draft: EventDraft, routing: RoutingSnapshot, rules: JobNotificationRule[] = []) =>
  planned(draft, routing, rules)
    .deliveries.flatMap((one) => (one.suppressed ? [`${one.channel.id}:${one.suppressed.code}`] : []))
    .sort();

describe("conditions", () => {
  const table: [Condition, JobState[] | null, JobState[]][] = [
    ["always", null, ["success", "warning", "failure", "missed"]],
    ["success", null, ["success"]],
    ["failure", null, ["warning", "failure", "missed"]],
    ["custom", ["start", "missed"], ["start", "missed"]],
    ["custom", [], []],
  ];
  it.each(table)("pain 21: %s %s takes %s", (condition, states, taken) => {
    const all: JobState[] = ["start", "success", "warning", "failure", "missed"];
    expect(all.filter((state) => ruleTakes({ condition, states }, state))).toEqual(taken);
  });
});

describe("system events", () => {
  it("go to the global channels, or to the event's own, and nowhere while off", () => {
    const channels = [channel("a"), channel("b")];
    expect(notified(restored, snapshot(channels, ["a"]))).toEqual(["a:global"]);
    expect(notified(restored, snapshot(channels, ["a"], { "restore.completed": { channels: ["b"] } }))).toEqual([
      "b:override",
    ]);
    expect(notified(restored, snapshot(channels, ["a"], { "restore.completed": { channels: [] } }))).toEqual([]);
    expect(notified(restored, snapshot(channels, ["a"], { "restore.completed": { enabled: false } }))).toEqual([]);
  });

  it("reach subscribers too, also while the event itself is off; each channel once", () => {
    const channels = [
      channel("a", { subscriptions: ["restore.completed"] }),
      channel("b", { subscriptions: ["restore.completed"] }),
    ];
    expect(notified(restored, snapshot(channels, ["a"]))).toEqual(["a:global", "b:subscription"]);
    expect(notified(restored, snapshot(channels, ["a"], { "restore.completed": { enabled: false } }))).toEqual([
      "a:subscription",
      "b:subscription",
    ]);
  });

  it("never reach a channel that is off, a monitor, or the failing channel itself", () => {
    const channels = [
      channel("off", { enabled: false }),
      channel("monitor", { isMonitor: true }),
      channel("a"),
      channel("b"),
    ];
    expect(notified(restored, snapshot(channels, ["off", "monitor", "gone", "a"]))).toEqual(["a:global"]);
    expect(suppressed(restored, snapshot(channels, ["off", "monitor", "gone", "a"]))).toEqual([
      "monitor:monitor_takes_runs_only",
      "off:channel_disabled",
    ]);
    const failing: EventDraft = { type: "channel.failing", subject: { kind: "channel", id: "a", name: "a" }, data: {} };
    expect(notified(failing, snapshot(channels, ["a", "b"]))).toEqual(["b:global"]);
  });

  it("give every administrator a delivery of their own where the channel mails them", () => {
    const mail = channel("mail", { fixed: ["", "ops"], toAdmins: true });
    expect(notified(restored, snapshot([mail], ["mail"]))).toEqual([
      "mail:global",
      "mail>ana@example.org:global",
      "mail>ben@example.org:global",
      "mail>ops:global",
    ]);
  });

  it("of a caller that names channels go there in place of the event's own; subscribers are still notified", () => {
    const channels = [channel("a"), channel("b"), channel("c", { subscriptions: ["custom.notification"] })];
    const custom: EventDraft = {
      type: "custom.notification",
      subject: { kind: "custom", id: "x", name: "x" },
      data: {},
      custom: { title: "x", message: "", tone: "info", severity: "info", channelIds: ["b"] },
    };
    expect(notified(custom, snapshot(channels, ["a"]))).toEqual(["b:caller", "c:subscription"]);
  });
});

describe("notify user directly", () => {
  const mail = channel("mail", { canMailPeople: true });
  const other = channel("other", { canMailPeople: true });
  const chat = channel("chat");
  const on = (more: Partial<EventSetting>) => ({ "user.login": { enabled: true, ...more } });

  it("Disabled: the admin channels only", () => {
    expect(notified(login, snapshot([mail, chat], ["mail", "chat"], on({})))).toEqual(["chat:global", "mail:global"]);
  });
  it("Admin & User: both", () => {
    expect(notified(login, snapshot([mail, chat], ["mail", "chat"], on({ notifyUser: "also" })))).toEqual([
      "chat:global",
      "mail:global",
      "mail>eve@example.org:user",
    ]);
  });
  it("User only: the user's mail, and the admin channels are skipped, subscribers too", () => {
    const subscriber = channel("sub", { subscriptions: ["user.login"] });
    expect(notified(login, snapshot([mail, chat, subscriber], ["mail", "chat"], on({ notifyUser: "only" })))).toEqual([
      "mail>eve@example.org:user",
    ]);
  });
  it("goes through the first working Email channel of the event, once", () => {
    const routing = snapshot([{ ...mail, isFailing: true }, other], ["mail", "other"], on({ notifyUser: "only" }));
    expect(notified(login, routing)).toEqual(["other>eve@example.org:user"]);
    const both = snapshot(
      [
        { ...mail, isFailing: true },
        { ...other, isFailing: true },
      ],
      ["mail", "other"],
      on({ notifyUser: "only" }),
    );
    expect(notified(login, both)).toEqual(["mail>eve@example.org:user"]);
  });
  it("without an Email channel the admins are notified instead, and that it could not be done", () => {
    const routing = snapshot([chat], ["chat"], on({ notifyUser: "only" }));
    expect(notified(login, routing)).toEqual(["chat:global"]);
    expect(planned(login, routing).couldNotNotifyUser).toBe(true);
  });
  it("an administrator who signs in gets the copy that speaks to them, not both", () => {
    const admins = channel("mail", { canMailPeople: true, fixed: [], toAdmins: true });
    const ana: EventDraft = { ...login, data: { user: { id: "usr_1", name: "Ana", email: "ana@example.org" } } };
    expect(notified(ana, snapshot([admins], ["mail"], on({ notifyUser: "also" })))).toEqual([
      "mail>ana@example.org:user",
      "mail>ben@example.org:global",
    ]);
  });
});

describe("a job's rules", () => {
  it("decide text and repeat where a subscription meets them; without a rule the loudest repeat wins", () => {
    const subscribed = channel("a", { subscriptions: ["backup.failed"] });
    const [target] = targetsOf(failed, snapshot([subscribed], []), [
      ruleFor("a", "failure", { repeat: "first", text: { title: "own" } }),
    ]);
    expect(target).toMatchObject({ route: "rule", repeat: "first", text: { title: "own" } });
    expect(notified(failed, snapshot([subscribed], []), [])).toEqual(["a:subscription"]);
  });
  it("are the only way for backup results: the global channels do not get them", () => {
    expect(notified(failed, snapshot([channel("a")], ["a"]), [])).toEqual([]);
  });
  it("that do not take a missed schedule leave it to the global channels", () => {
    const missed: EventDraft = { ...failed, type: "backup.missed" };
    const channels = [channel("a"), channel("b")];
    expect(notified(missed, snapshot(channels, ["a"]), [ruleFor("b", "success")])).toEqual(["a:fallback"]);
    expect(notified(missed, snapshot(channels, ["a"]), [ruleFor("b", "failure")])).toEqual(["b:rule"]);
    expect(
      notified(missed, snapshot([channel("a"), channel("b", { enabled: false })], ["a"]), [ruleFor("b", "failure")]),
    ).toEqual(["a:fallback"]);
  });
  it("may name a monitor", () => {
    expect(notified(failed, snapshot([channel("m", { isMonitor: true })], []), [ruleFor("m", "always")])).toEqual([
      "m:rule",
    ]);
  });
});

describe("every way that sends nothing says why", () => {
  it("a disabled event, and a user-only one", () => {
    expect(suppressed(restored, snapshot([channel("a")], ["a"], { "restore.completed": { enabled: false } }))).toEqual([
      "a:event_disabled",
    ]);
    const mail = channel("mail", { canMailPeople: true });
    const routing = snapshot([mail, channel("chat")], ["mail", "chat"], {
      "user.login": { enabled: true, notifyUser: "only" },
    });
    expect(suppressed(login, routing)).toEqual(["chat:user_only", "mail:user_only"]);
  });

  it("the failing channel itself, and a rule whose channel is disabled", () => {
    const failing: EventDraft = { type: "channel.failing", subject: { kind: "channel", id: "a", name: "a" }, data: {} };
    expect(suppressed(failing, snapshot([channel("a"), channel("b")], ["a", "b"]))).toEqual(["a:about_this_channel"]);
    const off = snapshot([channel("a", { enabled: false })], []);
    expect(suppressed(failed, off, [ruleFor("a", "failure")])).toEqual(["a:channel_disabled"]);
  });
});

describe("what goes to its addressee alone", () => {
  const entry = eventType("report.sent");
  const targets = (to: EventDraft["to"], routing: RoutingSnapshot) => {
    const draft: EventDraft = { type: entry.type, ...entry.sample(0), ...(to && { to }) };
    return planned(draft, routing).deliveries.map(({ channel: { id }, target: { recipient, route }, suppressed }) =>
      [id, recipient, route, suppressed?.code].filter(Boolean).join(" "),
    );
  };
  const eva = { user: { id: "usr_9", email: "eva@example.org" } };
  const mailer = (id: string, more: Partial<RoutedChannel> = {}) => channel(id, { canMailPeople: true, ...more });

  it.each<[string, EventDraft["to"], RoutedChannel[], string[]]>([
    ["nobody named", undefined, [channel("hook")], []],
    ["a channel, and no other", { channelId: "hook" }, [channel("hook"), channel("other")], ["hook report"]],
    [
      "whatever its least severity is",
      { channelId: "hook" },
      [channel("hook", { minSeverity: "critical" })],
      ["hook report"],
    ],
    ["a monitor", { channelId: "hook" }, [channel("hook", { isMonitor: true })], ["hook report"]],
    ["a disabled one", { channelId: "hook" }, [channel("hook", { enabled: false })], ["hook report channel_disabled"]],
    ["one that is gone", { channelId: "gone" }, [channel("hook")], []],
    [
      "a user, by the first Email channel that works",
      eva,
      [channel("hook"), mailer("bad", { isFailing: true }), mailer("good")],
      ["good eva@example.org report"],
    ],
    ["a user, without an Email channel", eva, [channel("hook")], []],
  ])("%s", (_, to, channels, expected) => {
    expect(targets(to, snapshot(channels, ["hook"], {}))).toEqual(expected);
  });
});
