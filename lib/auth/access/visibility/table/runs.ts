import * as by from "../conditions";
import { entity, group, list, pageOfEntity, text, value, whole } from "../rule";
import { type Answers, all, type Entity, operators, runStarted, shown, wholly } from "./shorthand";

/* Runs, and the backups that they stored. */

const run: Entity = {
  title: "Runs",
  row: by.ofRun,
  fields: {
    ...shown(
      "id",
      "jobId",
      "syncId",
      "deleted",
      "kind",
      "status",
      "trigger",
      "actorName",
      "queuedAt",
      "dueAt",
      "startedAt",
      "finishedAt",
    ),
    ...shown("clientId", "clientName", "previousId", "nextId"),
    // Names what is backed up.
    archive: operators,
    archives: whole("operator"),
    progress: wholly,
    ...shown("notBefore", "reasonCode", "isCancelRequested", "bytes", "files", "attempts"),
    name: value(by.ofRunName, { hidden: "Restore" }),
    error: text(by.ofRunError),
    advice: operators,
    artifacts: list(entity("artifact")),
    notNotified: wholly,
  },
};

const artifact: Entity = {
  title: "Stored backups",
  row: by.ofArtifact,
  fields: {
    ...shown("id", "runId", "jobId", "jobName", "destinationId", "destinationName", "sourceKind", "restoresTo"),
    ...shown("leastRole", "compression", "bytes", "sha256", "rawBytes", "suspicion", "acceptedAt", "acceptedBy"),
    ...shown("provenAt", "rereadAt", "createdAt"),
    contents: wholly,
    proofError: text("operator"),
    damage: text("operator"),
  },
};

export const runsEntities = { run, artifact };

export const runsAnswers: Answers = {
  "artifacts.list": pageOfEntity("artifact"),
  "artifacts.days": wholly,
  "artifacts.get": entity("artifact"),
  "artifacts.accept": entity("artifact"),
  "artifacts.download": whole("operator"),
  "artifacts.outlook": whole("operator"),
  "artifacts.restore": runStarted,
  "artifacts.testRestore": runStarted,
  "runs.list": pageOfEntity("run"),
  "runs.get": entity("run"),
  "runs.cancel": group({ id: all, status: all }),
  "runs.log": whole("operator"),
};
