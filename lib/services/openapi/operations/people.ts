import { z } from "zod";
import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { apiKeysList } from "@/lib/services/api-keys/list";
import { apiKeysRevoke } from "@/lib/services/api-keys/revoke";
import { auditList } from "@/lib/services/audit/list";
import { profileGet } from "@/lib/services/profile/get";
import { profileUpdate } from "@/lib/services/profile/update";
import { usersCreate } from "@/lib/services/users/create";
import { usersDelete } from "@/lib/services/users/delete";
import { usersDisable, usersEnable } from "@/lib/services/users/enable";
import { usersGet } from "@/lib/services/users/get";
import { usersInvite } from "@/lib/services/users/invite";
import { usersList } from "@/lib/services/users/list";
import { usersSignOut } from "@/lib/services/users/sign-out";
import { usersUnlock, usersUnlockAddress } from "@/lib/services/users/unlock";
import { usersUpdate } from "@/lib/services/users/update";
import * as answers from "../answers";
import { idAnswer, type Operation, operation as op, pageSchema } from "../operation";

/** Users, the caller's own account, API keys and the audit log. */
export const peopleOperations: readonly Operation[] = [
  op("GET /profile", profileGet, {
    refusals: ["forbidden"],
    summary: "Read the account that the API key goes with",
    answer: answers.profile,
  }),
  op("PATCH /profile", profileUpdate, {
    refusals: ["forbidden", "conflict"],
    summary: "Change the reports of the account that the API key goes with",
    answer: answers.profile,
    body: profileUpdate.input.pick({ reports: true }),
  }),
  op("GET /users", usersList, { summary: "List users", answer: pageSchema(answers.user) }),
  op("POST /users", usersCreate, {
    refusals: ["conflict", "limit"],
    summary: "Create a user, with a password or an invitation",
    status: 201,
    answer: answers.userCreatedAnswer,
    withOrigin: true,
  }),
  op("GET /users/{id}", usersGet, { summary: "Read a user", answer: answers.userDetail }),
  op("PATCH /users/{id}", usersUpdate, {
    refusals: ["conflict", "limit"],
    summary: "Change the given fields of a user",
    answer: answers.userChanged,
  }),
  op("DELETE /users/{id}", usersDelete, {
    refusals: ["conflict"],
    summary: "Delete a user",
    answer: answers.userDeleted,
  }),
  op("POST /users/{id}/disable", usersDisable, {
    refusals: ["conflict"],
    summary: "Disable a user",
    answer: answers.userChanged,
  }),
  op("POST /users/{id}/enable", usersEnable, {
    refusals: ["conflict"],
    summary: "Enable a user",
    answer: answers.user,
  }),
  op("POST /users/{id}/unlock", usersUnlock, {
    summary: "Unlock a user after wrong passwords",
    answer: idAnswer.extend({ lifted: z.int() }),
  }),
  op("POST /users/{id}/sign-out", usersSignOut, {
    summary: "End every session of a user",
    answer: idAnswer.extend({ ended: z.int() }),
  }),
  op("POST /users/unlock-address", usersUnlockAddress, {
    summary: "Unlock everybody at an IP address, or in its IPv6 network of 64 bits",
    answer: z.object({ address: z.string(), lifted: z.int() }),
  }),
  op("POST /users/{id}/invite", usersInvite, {
    refusals: ["conflict"],
    summary: "Send a new invitation",
    answer: answers.invited,
    withOrigin: true,
  }),
  op("GET /api-keys", apiKeysList, { summary: "List API keys", answer: pageSchema(answers.apiKey) }),
  op("POST /api-keys", apiKeysCreate, { summary: "Create an API key", status: 201, answer: answers.apiKeyCreated }),
  op("DELETE /api-keys/{id}", apiKeysRevoke, {
    refusals: ["conflict"],
    summary: "Revoke an API key",
    answer: answers.apiKey,
  }),
  op("GET /audit", auditList, { summary: "List the audit log, newest first", answer: pageSchema(answers.auditRow) }),
];
