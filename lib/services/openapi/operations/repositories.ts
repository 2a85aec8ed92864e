import { z } from "zod";
import { repositoriesCreate } from "@/lib/services/repositories/create";
import { repositoriesDelete } from "@/lib/services/repositories/delete";
import { repositoriesGet } from "@/lib/services/repositories/get";
import { repositoriesList } from "@/lib/services/repositories/list";
import { repositoriesCheck, repositoriesCompact, repositoriesPrune } from "@/lib/services/repositories/tasks";
import { repositoriesTest } from "@/lib/services/repositories/test";
import { repositoriesUpdate } from "@/lib/services/repositories/update";
import { repositoryViewSchema } from "@/lib/services/repositories/view";
import * as answers from "../answers";
import { idAnswer, type Operation, operation as op, pageSchema } from "../operation";

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
