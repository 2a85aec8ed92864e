import { z } from "zod";
import { syncsCreate } from "@/lib/services/syncs/create";
import { syncsDelete } from "@/lib/services/syncs/delete";
import { syncDetailSchema, syncsGet } from "@/lib/services/syncs/get";
import { syncsList } from "@/lib/services/syncs/list";
import { syncsRun } from "@/lib/services/syncs/run";
import { syncsUpdate } from "@/lib/services/syncs/update";
import { syncViewSchema } from "@/lib/services/syncs/view";
import { idAnswer, type Operation, operation as op, pageSchema } from "../operation";

const runStarted = z.object({ runId: z.string() });

/** Folders and repositories that are copied to destinations. */
export const syncOperations: readonly Operation[] = [
  op("GET /syncs", syncsList, { summary: "List syncs", answer: pageSchema(syncViewSchema) }),
  op("POST /syncs", syncsCreate, {
    refusals: ["conflict", "limit"],
    summary: "Make a sync of a folder or a repository to a destination",
    status: 201,
    answer: syncViewSchema,
  }),
  op("GET /syncs/{id}", syncsGet, {
    summary: "Read a sync with its latest runs and the files that are gone from its folder",
    answer: syncDetailSchema,
  }),
  op("PATCH /syncs/{id}", syncsUpdate, {
    refusals: ["conflict"],
    summary: "Change the given fields of a sync",
    answer: syncViewSchema,
  }),
  op("DELETE /syncs/{id}", syncsDelete, {
    refusals: ["conflict"],
    summary: "Remove a sync; what it has stored stays",
    answer: idAnswer,
  }),
  op("POST /syncs/{id}/run", syncsRun, { summary: "Run a sync", status: 202, answer: runStarted }),
];
