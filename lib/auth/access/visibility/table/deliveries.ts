import * as by from "../conditions";
import { type AnswerRow, entity, group, list, pageOfEntity, text, value, whole } from "../rule";
import { type Answers, admins, all, type Entity, operators, shown, wholly } from "./shorthand";

/* Events, deliveries and Tests. */

const event: Entity = {
  title: "Events",
  row: by.ofEvent("row"),
  fields: {
    ...shown("id", "type", "name", "at", "tone", "severity", "alertId", "jobId", "runId", "deliveries"),
    subject: group({
      kind: all,
      // A restore's subject has its target for an id.
      id: value(by.ofEvent("subject"), { hidden: "hidden" }),
      name: value(by.ofEvent("subject"), { hidden: ({ name }: AnswerRow) => name }),
    }),
    title: value(by.ofEvent("title"), { hidden: ({ name }: AnswerRow) => name }),
    message: text(by.ofEvent("message")),
  },
};

const delivery: Entity = {
  title: "Deliveries",
  row: by.ofEvent("row"),
  fields: {
    ...shown("id", "eventId", "channelId", "channelName", "provider", "providerLabel", "kind", "step", "status"),
    ...shown("route", "tone", "severity", "alertId", "attemptCount", "createdAt", "dueAt", "settledAt", "reasonCode"),
    ...shown("heldBy", "heldById", "isTest", "foldedInto", "foldedCount", "eventType", "eventName", "jobId", "runId"),
    ...shown("routeText", "ruleCondition", "giveUpAt"),
    ruleProfile: wholly,
    recipient: admins,
    title: value(by.titleOfDelivery, { hidden: ({ eventName }: AnswerRow) => eventName }),
    reason: value(by.ofReason, { hidden: by.plainReason }),
    refused: list(group({ recipient: admins, reason: text(by.ofPayload), retryable: all })),
    notification: group({
      ...shown("type", "typeName", "tone", "severity", "at", "status"),
      title: value(by.titleOfDelivery, { hidden: ({ eventName }: AnswerRow) => eventName }),
      message: text(by.ofMessage("message")),
      fields: whole(by.ofMessage("facts"), { hidden: () => [] }),
      times: wholly,
      link: wholly,
    }),
    payload: whole(by.ofPayload),
    receipt: value(by.ofPayload),
    carries: list(entity("carried")),
    attempts: list(
      group({
        ...shown("number", "at", "latencyMs", "outcome", "status", "retryAfterMs"),
        error: text(by.ofPayload),
        advice: value(by.ofPayload),
        answer: value(by.ofPayload),
      }),
    ),
    event: group({
      ...shown("id", "type", "name", "at", "jobId", "runId"),
      subjectName: value(by.ofEvent("subject"), { hidden: ({ eventName }: AnswerRow) => eventName }),
    }),
  },
};

const carried: Entity = {
  title: "Deliveries that a digest carries",
  row: by.ofEvent("row"),
  fields: {
    ...shown("id", "eventType", "eventName", "createdAt"),
    title: value(by.titleOfDelivery, { hidden: ({ eventName }: AnswerRow) => eventName }),
  },
};

const testResult: Entity = {
  title: "Results of an event's Test",
  row: "operator",
  fields: {
    channelId: operators,
    channelName: operators,
    provider: operators,
    status: operators,
    recipient: value("admin", { hidden: () => undefined }),
    error: text(by.ofService),
    advice: value(by.ofService, { hidden: () => undefined }),
  },
};

export const deliveriesEntities = { event, delivery, carried, testResult };

export const deliveriesAnswers: Answers = {
  "deliveries.list": pageOfEntity("delivery"),
  "deliveries.get": entity("delivery"),
  "deliveries.cancel": group({ id: all, status: all }),
  "deliveries.resend": group({ id: all, status: all }),
  "events.list": pageOfEntity("event"),
  "events.get": entity("event"),
  "events.types": list(wholly),
  "notify.send": wholly,
  "settings.notifications.test": group({ results: list(entity("testResult")) }),
};
