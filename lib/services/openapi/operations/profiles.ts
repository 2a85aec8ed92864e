import { profilesCreate } from "@/lib/services/profiles/create";
import { profilesDelete } from "@/lib/services/profiles/delete";
import { profilesGet } from "@/lib/services/profiles/get";
import { profilesList } from "@/lib/services/profiles/list";
import { profilesUpdate } from "@/lib/services/profiles/update";
import { profileViewSchema } from "@/lib/services/profiles/view";
import { idAnswer, type Operation, operation as op, pageSchema } from "../operation";

/** Named sets of rules that jobs follow. */
export const profileOperations: readonly Operation[] = [
  op("GET /profiles", profilesList, { summary: "List profiles", answer: pageSchema(profileViewSchema) }),
  op("POST /profiles", profilesCreate, {
    refusals: ["conflict"],
    summary: "Create a profile",
    status: 201,
    answer: profileViewSchema,
  }),
  op("GET /profiles/{id}", profilesGet, { summary: "Read a profile", answer: profileViewSchema }),
  op("PATCH /profiles/{id}", profilesUpdate, {
    refusals: ["conflict"],
    summary: "Change the given fields of a profile, for all jobs that follow it",
    answer: profileViewSchema,
  }),
  op("DELETE /profiles/{id}", profilesDelete, {
    refusals: ["conflict"],
    summary: "Delete a profile that no job follows",
    answer: idAnswer,
  }),
];
