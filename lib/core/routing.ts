import type { AlertStatus } from "./alert";
import type { DeliveryKind, DeliveryStatus, DeliveryText, Route } from "./delivery";
import type { Holder, ReasonCode } from "./delivery-reason";
import type { EscalationPolicy } from "./escalation";
import type { SubjectKind } from "./event";
import type { Condition, JobState, NotifyUser, Repeat } from "./job";
import type { MatchFacts } from "./matching";
import type { Notification } from "./notification";
import type { QuietHours } from "./quiet-hours";
import type { Severity } from "./severity";
import type { SilenceEffect, SilenceSpan } from "./silence";
import type { Tone } from "./tone";

/** A channel as routing sees it. */
export interface RoutedChannel {
  id: string;
  name: string;
  provider: string;
  providerName: string;
  enabled: boolean;
  /** Monitors belong on job rows only. */
  isMonitor: boolean;
  /** Keeps each problem open until a message of its own closes it. */
  closesAlerts: boolean;
  /** Its messages may ring on until they are stopped. */
  rings: boolean;
  /** The least severity that it takes; null: everything. */
  minSeverity: Severity | null;
  /** Until then its deliveries are held, milliseconds. */
  mutedUntil: number | null;
  quietHours: QuietHours | null;
  canMailPeople: boolean;
  /** `channel.failing` was raised and is not over. */
  isFailing: boolean;
  subscriptions: readonly string[];
  /** Targets with a delivery of their own; `""` is the channel itself. */
  fixed: readonly string[];
  toAdmins: boolean;
  /** The mail addresses, in lower case, that a delivery to one of the fixed targets is for. */
  mailAddresses?: ReadonlyMap<string, readonly string[]>;
}

/** One event's line in Settings → Notifications. */
export interface EventSetting {
  enabled: boolean;
  /** None: the global channels. */
  channels: string[] | null;
  notifyUser: NotifyUser;
  repeat: Repeat;
  remindHours: number | null;
  notifyOnRecovery: boolean;
  /** Who is notified when nobody acknowledges the alert; absent or null: nobody. */
  escalationPolicyId?: string | null;
}

export interface Person {
  id: string;
  email: string;
  timezone: string | null;
}

/** A route of the whole installation: what it takes goes to its channels. */
export interface MatcherRoute {
  id: string;
  name: string;
  channelIds: readonly string[];
  escalationPolicyId: string | null;
  takes(facts: MatchFacts): boolean;
  /** Names this type of event, and so takes it also while the event is disabled. */
  names(type: string): boolean;
}

/** A silence that has not ended. */
export interface RoutedSilence extends SilenceSpan {
  id: string;
  effect: SilenceEffect;
  takes(facts: MatchFacts): boolean;
}

/** Everything that decides who is notified, read at one moment. */
export interface RoutingSnapshot {
  channels: ReadonlyMap<string, RoutedChannel>;
  globalChannels: readonly string[];
  events: Readonly<Record<string, EventSetting>>;
  admins: readonly Person[];
  matchers: readonly MatcherRoute[];
  silences: readonly RoutedSilence[];
  /** Users that have quiet hours, by id, each with a zone. */
  quietUsers: ReadonlyMap<string, QuietHours>;
  /** Whether any condition asks for labels. */
  usesLabels: boolean;
  /** Whether any job follows a profile. */
  usesProfiles: boolean;
  /** Absent: no policy exists. */
  escalation?: EscalationRouting;
}

/** No channel, no setting: everything has its default. */
export function emptyRouting(): RoutingSnapshot {
  return {
    channels: new Map(),
    globalChannels: [],
    events: {},
    admins: [],
    matchers: [],
    silences: [],
    quietUsers: new Map(),
    usesLabels: false,
    usesProfiles: false,
  };
}

/** The escalation policies, and the active accounts that their steps name. */
export interface EscalationRouting {
  policies: ReadonlyMap<string, EscalationPolicy>;
  people: ReadonlyMap<string, Person>;
}

/** A rule that holds for a job: of its Notifications tab, or of the profile that it follows. */
export interface JobNotificationRule {
  id: string;
  /** Whose rule it is; none: the job's own. */
  profile?: { id: string; name: string };
  channelId: string;
  condition: Condition;
  states: JobState[] | null;
  repeat: Repeat;
  remindHours: number | null;
  notifyOnRecovery: boolean;
  escalationPolicyId?: string | null;
  /** From which occurrence in a row on it notifies; null: from the first. */
  afterCount?: number | null;
  /** Hours without a success until it notifies; null: at once. */
  afterHours?: number | null;
  text: DeliveryText;
}

/** When a job made its last backup, milliseconds; null: never. */
export interface LastBackup {
  any: number | null;
  /** Without warnings. */
  clean: number | null;
}

/** One way to one channel and recipient. */
export interface Target {
  channelId: string;
  recipient: string;
  userId: string | null;
  /** Speaks to the very user the event is about. */
  isForUser: boolean;
  route: Route;
  ruleId: string | null;
  repeat: Repeat;
  remindHours: number | null;
  notifyOnRecovery: boolean;
  /** Of a rule: see there. */
  afterCount?: number | null;
  afterHours?: number | null;
  text: DeliveryText | null;
}

/** An alert that is not resolved. */
export interface OpenAlert {
  id: string;
  type: string;
  dedupKey: string;
  status: AlertStatus;
  /** Of its last occurrence: a caller may give each another. */
  severity: Severity;
  subjectName: string;
  title: string;
  message: string;
  openedAt: number;
  count: number;
}

/** A delivery about an open alert. */
export interface AlertDelivery {
  id: string;
  alertId: string;
  channelId: string;
  recipient: string;
  userId: string | null;
  kind: DeliveryKind;
  status: DeliveryStatus;
  /** Of the delivery that carries it, when it is folded; its own otherwise. */
  effectiveStatus: DeliveryStatus;
  /** The carrier when it is folded, itself otherwise. */
  carrierId: string;
  notifyOnRecovery: boolean;
  route: Route;
  ruleId: string | null;
  foldedCount: number;
  at: number;
  /** It is not sent before; absent or null: at once. Milliseconds. */
  notBefore?: number | null;
}

/** What one event does to an alert. */
export type AlertWrite =
  | {
      kind: "open";
      id: string;
      type: string;
      dedupKey: string;
      subject: { kind: SubjectKind; id: string; name: string };
      tone: Tone;
      severity: Severity;
      title: string;
      message: string;
      at: number;
      /** From when it counts that no channel has taken it, milliseconds; left out: it does not count. */
      unheardFrom?: number;
    }
  | {
      kind: "count";
      id: string;
      tone: Tone;
      severity: Severity;
      title: string;
      message: string;
      at: number;
      /** Where it did not count yet, and does now. */
      unheardFrom?: number;
    }
  | { kind: "resolve"; id: string; at: number; by: string };

/** A delivery to be inserted. The store adds what every delivery has. */
export interface DeliveryDraft {
  id: string;
  channelId: string;
  recipient: string;
  userId: string | null;
  kind: DeliveryKind;
  /** `sent`: it was sent from memory while nothing could be written. */
  status: "pending" | "held" | "folded" | "canceled" | "sent" | "sending";
  reasonCode: ReasonCode | null;
  /** What holds it, and until when; of a canceled one what dropped it. */
  hold: { by: Holder; id: string; until: number } | null;
  /** It is not sent before, whatever releases it; null: at once. Milliseconds. */
  notBefore: number | null;
  /** Counts deliveries of the same kind for the same event, channel and recipient. */
  step: number;
  alertId: string | null;
  orderKey: string | null;
  route: Route;
  ruleId: string | null;
  notifyOnRecovery: boolean;
  remindHours: number | null;
  channelName: string;
  provider: string;
  title: string;
  tone: Tone;
  severity: Severity;
  /** The text when it is not the event's own. */
  notification: Notification | null;
  text: DeliveryText | null;
  foldedInto: string | null;
  foldedCount: number;
}

/** An unsent delivery whose text is replaced, because more happened before it could be sent. */
export interface Amendment {
  deliveryId: string;
  notification: Notification;
  foldedCount: number;
}

/** Everything that one event writes, decided before anything is written. */
/** A channel that a setting leads to and that an event is not sent through, with the reason. */
export interface SuppressedDelivery {
  channelId: string;
  /** At that time. */
  channelName: string;
  code: ReasonCode;
}

export interface EventPlan {
  notification: Notification;
  tone: Tone;
  severity: Severity;
  dedupKey: string | null;
  alertId: string | null;
  alerts: AlertWrite[];
  deliveries: DeliveryDraft[];
  amendments: Amendment[];
  /** Unsent deliveries that another one now carries. */
  folds: { deliveryId: string; into: string; code: ReasonCode }[];
  /** Unsent deliveries that are not wanted any more. */
  cancels: { deliveryId: string; code: ReasonCode }[];
  /** Ways that lead to no delivery. */
  suppressed: SuppressedDelivery[];
}
