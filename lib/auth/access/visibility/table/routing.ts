import { entity, group, list, pageOfEntity, text, value, whole } from "../rule";
import { type Answers, type Entity, onlyId, operators, shown, wholly } from "./shorthand";

/* Who gets notified: routes, silences, escalation, reports. */

const preview: Entity = {
  title: "Who gets notified",
  row: "operator",
  fields: {
    entries: list(
      group({
        ...Object.fromEntries(
          [
            "when",
            "afterHours",
            "afterMinutes",
            "channelId",
            "channelName",
            "text",
            "outcome",
            "reasonCode",
            "reason",
            "heldUntil",
          ].map((name) => [name, operators]),
        ),
        recipient: value("admin", { hidden: () => undefined }),
      }),
    ),
    notes: whole("operator"),
    reachesNobody: operators,
  },
};

const silence: Entity = {
  title: "Silences",
  row: "viewer",
  fields: {
    ...shown("id", "match", "startsAt", "endsAt", "effect", "state", "onUntil", "nextAt", "held"),
    ...shown("createdByName", "createdAt"),
    // May name hosts and people.
    reason: text("operator"),
    conditions: wholly,
    recurring: wholly,
  },
};

export const routingEntities = { preview, silence };

export const routingAnswers: Answers = {
  // Ids and names alone.
  "escalationPolicies.options": list(wholly),
  // Composed for the caller's role, or for administrators.
  "reports.preview": wholly,
  "reports.send": wholly,
  "settings.notifications.routingPreview": entity("preview"),
  "matching.preview": whole("operator"),
  "routes.list": whole("operator"),
  "routes.get": whole("operator"),
  "silences.list": pageOfEntity("silence"),
  "silences.get": entity("silence"),
  "silences.create": entity("silence"),
  "silences.update": entity("silence"),
  "silences.delete": onlyId,
};
