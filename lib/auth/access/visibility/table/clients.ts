import { entity, pageOfEntity, whole } from "../rule";
import { type Answers, admins, type Entity, operators, shown, wholly } from "./shorthand";

/* Other machines, and what their agent is answered. */

const client: Entity = {
  title: "Clients",
  row: "viewer",
  fields: {
    ...shown("id", "name", "status", "firstSeenAt", "lastSeenAt", "offlineSince", "version", "uptimeSeconds"),
    ...shown("intervalSeconds", "acknowledgedIntervalSeconds", "offlineAfterMinutes", "offlineDelayMinutes"),
    ...shown("intermittent", "muted", "revokedAt", "createdAt", "updatedAt"),
    labels: wholly,
    hostname: operators,
    // Names paths of the machine.
    disks: whole("operator", { hidden: () => [] }),
    diskThresholds: whole("operator", { hidden: () => [] }),
    allowedJobs: wholly,
    jobs: wholly,
    hint: admins,
    outages: wholly,
  },
};

export const clientsEntities = { client };

export const clientsAnswers: Answers = {
  // What the agent needs, for who holds the client's token.
  "agent.heartbeat": whole("anyone"),
  "agent.reportRun": whole("anyone"),
  "clients.get": entity("client"),
  "clients.list": pageOfEntity("client"),
  "clients.storage": wholly,
};
