import * as by from "../conditions";
import { entity, group, list, pageOfEntity, text, whole } from "../rule";
import { type Answers, type Entity, operators, shown, wholly } from "./shorthand";

/* Channels and the services behind them. */

const channel: Entity = {
  title: "Channels",
  row: "viewer",
  fields: {
    ...shown("id", "name", "provider", "providerLabel", "purpose", "enabled", "minSeverity", "mutedUntil", "isTested"),
    ...shown("createdAt", "updatedAt"),
    labels: wholly,
    config: whole("admin"),
    texts: whole("operator"),
    // May quote the configuration.
    problem: text("admin"),
    events: wholly,
    rateLimit: wholly,
    reports: wholly,
    quietHours: wholly,
    today: wholly,
    usedBy: wholly,
    health: group({
      ...shown("state", "retryingSince", "pausedUntil", "failingSince", "lastSuccessAt", "lastErrorAt"),
      lastError: text(by.ofService),
    }),
  },
};

const provider: Entity = {
  title: "Services",
  row: "viewer",
  fields: {
    ...shown("id", "label", "tagline", "docsUrl", "purpose", "canMailPeople", "closesAlerts", "wantsRun"),
    aliases: wholly,
    messageOptions: wholly,
    icon: wholly,
    secretFields: wholly,
    presets: wholly,
    schema: wholly,
    // Says which programs this server has.
    notice: text("operator"),
  },
};

export const channelsEntities = { channel, provider };

export const channelsAnswers: Answers = {
  "channels.list": pageOfEntity("channel"),
  "channels.get": entity("channel"),
  // Names, and what their services can do.
  "channels.options": list(wholly),
  "channels.history": wholly,
  "channels.lost": whole("operator"),
  "channels.preview": whole("operator"),
  "channels.recover": group({
    count: operators,
    messages: operators,
    left: operators,
    open: operators,
    dryRun: operators,
    byReason: whole("operator"),
    items: list(entity("carried")),
  }),
  "channels.test": whole("operator"),
  "providers.list": list(entity("provider")),
};
