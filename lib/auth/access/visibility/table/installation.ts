import { entity, group, text, value, whole } from "../rule";
import { type Answers, all, type Entity, operators, shown } from "./shorthand";

/* The installation and its settings. */

const installation: Entity = {
  title: "Installation",
  row: "viewer",
  fields: {
    id: all,
    place: text("operator"),
    pause: group({
      ...shown("reason", "originalId", "since"),
      originalPlace: operators,
      message: value("operator", { hidden: "This installation is a copy, or has the configuration of another one." }),
    }),
  },
};

export const installationEntities = { installation };

export const installationAnswers: Answers = {
  // Open to everybody, also without an account: nothing in them is anybody's.
  "health.read": whole("anyone"),
  "openapi.read": whole("anyone"),
  "installation.get": entity("installation"),
  // Names of channels and jobs are its labels: `METRIC_LABELS`.
  "metrics.read": all,
  "settings.general.get": whole("operator"),
  "settings.heartbeat.get": whole("operator"),
  "settings.notifications.get": whole("operator"),
  "settings.timezone.get": group({ timezone: all }),
};
