import { entity, group, list, pageOfEntity, text, whole } from "../rule";
import { type Answers, type Entity, shown, wholly } from "./shorthand";

/* Sources and destinations. */

const endpoint: Entity = {
  title: "Sources and destinations",
  row: "viewer",
  fields: {
    ...shown("id", "name", "kind", "kindLabel", "createdAt", "updatedAt"),
    labels: wholly,
    summary: text("operator"),
    config: whole("operator", { hidden: () => ({}) }),
    mountPoints: whole("operator", { hidden: () => [] }),
    connection: group({ ...shown("state", "since", "version", "checkedAt"), problem: text("operator") }),
    usedBy: wholly,
    threshold: wholly,
    watch: wholly,
    usage: group({
      ...shown("count", "bytes", "overdue", "freeBytes", "usedBytes", "checkedAt"),
      problem: text("operator"),
    }),
  },
};

export const endpointsEntities = { endpoint };

export const endpointsAnswers: Answers = {
  "destinations.list": pageOfEntity("endpoint"),
  "destinations.get": entity("endpoint"),
  "destinations.options": list(wholly),
  "destinations.kinds": list(wholly),
  "destinations.storage": wholly,
  "destinations.test": whole("operator"),
  "sources.list": pageOfEntity("endpoint"),
  "sources.get": entity("endpoint"),
  "sources.options": list(wholly),
  "sources.kinds": list(wholly),
  "sources.test": whole("operator"),
};
