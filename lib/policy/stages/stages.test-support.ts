import type { EventDraft } from "@/lib/core/event";
import { type AlertDelivery, emptyRouting, type OpenAlert, type RoutedChannel, type Target } from "@/lib/core/routing";
import type { PlannedDelivery, Situation } from "../plan";

/** A channel that takes everything. */
export function channelWith(more: Partial<RoutedChannel> = {}): RoutedChannel {
  return {
    id: "chn_1",
    name: "one",
    provider: "any",
    providerName: "Any",
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

/** A planned notification through that channel. */
export function deliveryWith(
  more: Partial<Omit<PlannedDelivery, "target">> & { target?: Partial<Target> } = {},
): PlannedDelivery {
  const channel = more.channel ?? channelWith();
  return {
    id: "dlv_1",
    kind: "initial",
    step: 0,
    alertId: null,
    dedupKey: null,
    notification: null,
    suppressed: null,
    held: null,
    dropped: null,
    folded: null,
    ...more,
    channel,
    target: {
      channelId: channel.id,
      recipient: "",
      userId: null,
      isForUser: false,
      route: "rule",
      ruleId: "rule_1",
      repeat: "every",
      remindHours: null,
      notifyOnRecovery: true,
      text: null,
      ...more.target,
    },
  };
}

export const FAILED: EventDraft = {
  type: "backup.failed",
  subject: { kind: "job", id: "job_1", name: "media" },
  data: { job: { id: "job_1", name: "media", slug: "media" } },
};

export const OPEN_ALERT: OpenAlert = {
  id: "alr_1",
  type: "backup.failed",
  dedupKey: "backup.failed:job_1",
  status: "firing",
  severity: "critical",
  subjectName: "media",
  title: "Backup Failed: media",
  message: "no",
  openedAt: 1,
  count: 1,
};

/** A delivery about that alert. */
export function alertDeliveryWith(more: Partial<AlertDelivery> = {}): AlertDelivery {
  const status = more.status ?? "sent";
  return {
    id: "dlv_0",
    alertId: OPEN_ALERT.id,
    channelId: "chn_1",
    recipient: "",
    userId: null,
    kind: "initial",
    status,
    effectiveStatus: status,
    carrierId: "dlv_0",
    notifyOnRecovery: true,
    route: "rule",
    ruleId: "rule_1",
    foldedCount: 0,
    at: 1,
    ...more,
  };
}

export function situationWith(more: Partial<Situation> = {}): Situation {
  let ids = 0;
  return {
    draft: FAILED,
    at: 1_000,
    now: 1_000,
    newId: (prefix) => `${prefix}_new${++ids}`,
    routing: emptyRouting(),
    rules: [],
    openAlerts: [],
    alertDeliveries: [],
    labels: [],
    ...more,
  };
}
