import { z } from "zod";
import { archiveViewSchema, repositoriesArchives } from "@/lib/services/repositories/archives";
import { repositoriesCreate } from "@/lib/services/repositories/create";
import { repositoriesDelete } from "@/lib/services/repositories/delete";
import { repositoriesDownload } from "@/lib/services/repositories/download";
import { entriesSchema, repositoriesEntries } from "@/lib/services/repositories/entries";
import { repositoriesExportKey } from "@/lib/services/repositories/export-key";
import { repositoriesGet } from "@/lib/services/repositories/get";
import { repositoriesList } from "@/lib/services/repositories/list";
import { lockSchema, repositoriesBreakLock, repositoriesLock } from "@/lib/services/repositories/lock";
import { repositoriesStorage } from "@/lib/services/repositories/storage";
import { repositoriesCheck, repositoriesCompact, repositoriesPrune } from "@/lib/services/repositories/tasks";
import { repositoriesTest } from "@/lib/services/repositories/test";
import { repositoriesUpdate } from "@/lib/services/repositories/update";
import { repositoryViewSchema } from "@/lib/services/repositories/view";
import { locationHistorySchema } from "@/lib/services/storage/history";
import * as answers from "../answers";
import { fileOperation, idAnswer, type Operation, operation as op, pageSchema } from "../operation";

const runStarted = z.object({ runId: z.string() });

/** Repositories of borg and restic. */
export const repositoryOperations: readonly Operation[] = [
  op("GET /repositories", repositoriesList, {
    summary: "List repositories",
    answer: pageSchema(repositoryViewSchema),
  }),
  op("POST /repositories", repositoriesCreate, {
    refusals: ["conflict"],
    summary: "Make a repository, or adopt one that exists",
    status: 201,
    answer: repositoryViewSchema,
  }),
  op("GET /repositories/{id}/storage", repositoriesStorage, {
    summary: "Read how full the disk of a repository was in the last 90 days, and when it will be full",
    answer: locationHistorySchema,
  }),
  op("GET /repositories/{id}", repositoriesGet, { summary: "Read a repository", answer: repositoryViewSchema }),
  op("PATCH /repositories/{id}", repositoriesUpdate, {
    refusals: ["conflict"],
    summary: "Change the given fields of a repository",
    answer: repositoryViewSchema,
  }),
  op("DELETE /repositories/{id}", repositoriesDelete, {
    refusals: ["conflict"],
    summary: "Forget a repository that nothing uses; its archives stay",
    answer: idAnswer,
  }),
  op("GET /repositories/{id}/archives", repositoriesArchives, {
    summary: "List the archives of a repository, newest first",
    answer: pageSchema(archiveViewSchema),
  }),
  op("GET /repositories/{id}/entries", repositoriesEntries, {
    summary: "List what lies in a folder of an archive",
    answer: entriesSchema,
  }),
  fileOperation("GET /repositories/{id}/download", repositoriesDownload, {
    refusals: ["conflict"],
    summary: "Download a file of an archive, or a folder of it as tar",
  }),
  fileOperation("GET /repositories/{id}/key", repositoriesExportKey, {
    refusals: ["conflict"],
    summary: "Download the key of a repository",
  }),
  op("GET /repositories/{id}/lock", repositoriesLock, {
    summary: "Read who holds the locks of a repository",
    answer: lockSchema,
  }),
  op("POST /repositories/{id}/break-lock", repositoriesBreakLock, {
    refusals: ["conflict"],
    summary: "Take the locks of a repository away from a process that is gone",
    answer: idAnswer,
  }),
  op("POST /repositories/{id}/check", repositoriesCheck, {
    summary: "Read a whole repository and look for damage",
    status: 202,
    answer: runStarted,
  }),
  op("POST /repositories/{id}/compact", repositoriesCompact, {
    summary: "Give the free space of a repository back",
    status: 202,
    answer: runStarted,
  }),
  op("POST /repositories/{id}/prune", repositoriesPrune, {
    refusals: ["conflict"],
    summary: "Remove the archives of jobs that are no longer kept",
    status: 202,
    answer: runStarted,
  }),
  op("POST /repositories/{id}/test", repositoriesTest, {
    summary: "Open a repository and read what it holds",
    answer: answers.endpointTested,
  }),
];
