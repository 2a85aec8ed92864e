import * as by from "../conditions";
import { type AnswerRow, entity, group, list, pageOfEntity, text, value, whole } from "../rule";
import { type Answers, all, type Entity, shown, wholly } from "./shorthand";

/* Alerts, the inbox, and the links that acknowledge. */

const alert: Entity = {
  title: "Alerts",
  row: by.ofEvent("row"),
  fields: {
    ...shown("id", "type", "typeName", "status", "tone", "severity", "count", "openedAt", "lastAt", "resolvedAt"),
    ...shown("resolution", "resolvedBy"),
    dedupKey: value(by.ofKey, { hidden: "hidden" }),
    subject: group({
      kind: all,
      id: value(by.ofEvent("subject"), { hidden: "hidden" }),
      name: value(by.ofEvent("subject"), { hidden: ({ typeName }: AnswerRow) => typeName }),
    }),
    title: value(by.ofEvent("title"), { hidden: ({ typeName }: AnswerRow) => typeName }),
    message: text(by.ofEvent("message")),
    notified: wholly,
  },
};

const inboxEntry: Entity = {
  title: "Inbox",
  row: by.ofEvent("row"),
  fields: {
    ...shown("id", "kind", "type", "typeName", "severity", "tone", "occurrences", "firstOccurredAt"),
    ...shown("lastOccurredAt", "status", "isRead", "snoozedUntil", "link", "acknowledgedAt", "acknowledgedBy"),
    ...shown("snoozedBy", "resolvedAt", "resolution", "resolvedBy", "jobId", "omittedOccurrences"),
    client: wholly,
    subject: group({
      kind: all,
      id: value(by.ofEvent("subject"), { hidden: "hidden" }),
      name: value(by.ofEvent("subject"), { hidden: ({ typeName }: AnswerRow) => typeName }),
    }),
    title: value(by.ofEvent("title"), { hidden: ({ typeName }: AnswerRow) => typeName }),
    message: text(by.ofEvent("message")),
    timeline: list(entity("timelineStep")),
  },
};

const timelineStep: Entity = {
  title: "Timeline of an alert",
  row: by.ofEvent("row"),
  fields: {
    ...shown("kind", "at", "eventType", "eventName", "eventId", "deliveryId", "channelName", "deliveryKind"),
    ...shown("deliveryStatus", "settledAt", "reason", "by", "until", "resolution"),
    title: value(by.ofEvent("title"), { hidden: ({ eventName }: AnswerRow) => eventName }),
    message: text(by.ofEvent("message")),
  },
};

export const alertsEntities = { alert, inboxEntry, timelineStep };

export const alertsAnswers: Answers = {
  // Anyone who has the link has the message that it was sent in.
  "acknowledgeLinks.get": whole("anyone"),
  "acknowledgeLinks.use": whole("anyone"),
  "alerts.list": pageOfEntity("alert"),
  "alerts.acknowledge": entity("alert"),
  // A number: which alerts they are, the list says to who may see them.
  "alerts.reachedNobody": group({ count: all, since: all, hasFallback: all }),
  "alerts.resolve": entity("alert"),
  "notifications.list": group({ items: list(entity("inboxEntry")), nextCursor: all, unread: all, worst: all }),
  "notifications.get": entity("inboxEntry"),
  "notifications.read": entity("inboxEntry"),
  "notifications.readAll": group({ unread: all }),
  "notifications.acknowledge": entity("inboxEntry"),
  "notifications.resolve": entity("inboxEntry"),
  "notifications.snooze": entity("inboxEntry"),
  "notifications.unread": group({ unread: all, worst: all, preferences: wholly }),
};
