import { type AnswerRow, entity, list, pageOfEntity, whole } from "../rule";
import { type Answers, type Entity, runStarted, shown } from "./shorthand";

/* Folders and repositories that are copied to destinations. */

const sync: Entity = {
  title: "Syncs",
  row: "viewer",
  fields: {
    ...shown("id", "name", "destinationId", "destinationName", "folder", "afterJobId", "afterJobName", "deleteRemoved"),
    ...shown("repositoryName"),
    ...shown("enabled", "timeLimitMinutes", "nextRunAt", "files", "bytes", "missing", "createdAt", "updatedAt"),
    // A path of this machine; the name of a repository is no secret.
    from: whole("operator", {
      hidden: ({ from, repositoryName }: AnswerRow) => (repositoryName === null ? { path: "" } : from),
    }),
    exclude: whole("operator", { hidden: () => [] }),
    schedule: whole("viewer"),
    lastRun: entity("run"),
    runs: list(entity("run")),
    missingFiles: whole("operator", { hidden: () => [] }),
  },
};

export const syncsEntities = { sync };

export const syncsAnswers: Answers = {
  "syncs.get": entity("sync"),
  "syncs.list": pageOfEntity("sync"),
  "syncs.run": runStarted,
};
