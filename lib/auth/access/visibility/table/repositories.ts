import { entity, pageOfEntity, text, whole } from "../rule";
import { type Answers, type Entity, runStarted, shown, wholly } from "./shorthand";

/* Repositories of borg and restic. */

const repository: Entity = {
  title: "Repositories",
  row: "viewer",
  fields: {
    ...shown("id", "name", "kind", "kindLabel", "encryption", "compactsAfterPrune"),
    ...shown("createdAt", "updatedAt"),
    location: text("operator"),
    hostKey: text("operator"),
    mountPoints: whole("operator", { hidden: () => [] }),
    retention: wholly,
    contents: wholly,
    usedBy: wholly,
  },
};

export const repositoriesEntities = { repository };

export const repositoriesAnswers: Answers = {
  "repositories.get": entity("repository"),
  "repositories.list": pageOfEntity("repository"),
  "repositories.check": runStarted,
  "repositories.compact": runStarted,
  "repositories.prune": runStarted,
  "repositories.test": whole("operator"),
};
