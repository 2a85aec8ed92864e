import { entity, group, list, pageOfEntity, text, whole } from "../rule";
import { type Answers, type Entity, operators, runStarted, shown, wholly } from "./shorthand";

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
    connection: group({ ...shown("state", "since", "version", "checkedAt"), problem: text("operator") }),
    usage: group({ ...shown("usedBytes", "freeBytes", "checkedAt"), problem: text("operator") }),
    threshold: wholly,
    retention: wholly,
    schedules: wholly,
    contents: wholly,
    usedBy: wholly,
  },
};

const archive: Entity = {
  title: "Archives of repositories",
  row: "operator",
  fields: {
    name: operators,
    id: operators,
    createdAt: operators,
    originalBytes: operators,
    files: operators,
    tags: whole("operator", { hidden: () => [] }),
  },
};

export const repositoriesEntities = { repository, archive };

export const repositoriesAnswers: Answers = {
  "repositories.get": entity("repository"),
  "repositories.storage": wholly,
  "repositories.list": pageOfEntity("repository"),
  "repositories.options": list(group(shown("id", "name", "kindLabel", "isOnServer"))),
  "repositories.archives": pageOfEntity("archive"),
  "repositories.lock": group({ holders: whole("operator") }),
  "repositories.check": runStarted,
  "repositories.compact": runStarted,
  "repositories.prune": runStarted,
  "repositories.test": whole("operator"),
};
