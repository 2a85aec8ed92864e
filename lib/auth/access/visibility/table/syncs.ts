import { entity, list, pageOfEntity, whole } from "../rule";
import { type Answers, type Entity, runStarted, shown } from "./shorthand";

/* Folders that are copied to destinations. */

const sync: Entity = {
  title: "Syncs",
  row: "viewer",
  fields: {
    ...shown("id", "name", "destinationId", "destinationName", "folder", "afterJobId", "afterJobName", "deleteRemoved"),
    ...shown("enabled", "timeLimitMinutes", "nextRunAt", "files", "bytes", "missing", "createdAt", "updatedAt"),
    // Names a path of this machine.
    from: whole("operator", { hidden: () => ({ path: "" }) }),
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
