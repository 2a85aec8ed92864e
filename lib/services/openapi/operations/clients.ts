import { agentHeartbeat, heartbeatAnswer, heartbeatBody } from "@/lib/services/agent/heartbeat";
import { agentReportRun, runReportAnswer, runReportBody } from "@/lib/services/agent/report-run";
import { clientCreatedSchema, clientsCreate } from "@/lib/services/clients/create";
import { clientsDelete } from "@/lib/services/clients/delete";
import { clientDetailSchema, clientsGet } from "@/lib/services/clients/get";
import { clientsList } from "@/lib/services/clients/list";
import { clientsRevoke } from "@/lib/services/clients/revoke";
import { clientsRotate } from "@/lib/services/clients/rotate";
import { clientsStorage, diskHistoriesSchema } from "@/lib/services/clients/storage";
import { clientsUpdate } from "@/lib/services/clients/update";
import { clientViewSchema } from "@/lib/services/clients/view";
import { idAnswer, type Operation, operation as op, pageSchema } from "../operation";

/** Clients, and what their agents call. */
export const clientOperations: readonly Operation[] = [
  op("GET /clients", clientsList, { summary: "List clients", answer: pageSchema(clientViewSchema) }),
  op("POST /clients", clientsCreate, {
    refusals: ["conflict", "limit"],
    summary: "Register a client; its token is shown this once",
    status: 201,
    withOrigin: true,
    answer: clientCreatedSchema,
  }),
  op("GET /clients/{id}", clientsGet, { summary: "Read a client with its outages", answer: clientDetailSchema }),
  op("GET /clients/{id}/storage", clientsStorage, {
    summary: "Read how full the disks of a client were in the last 90 days, and when they will be full",
    answer: diskHistoriesSchema,
  }),
  op("PATCH /clients/{id}", clientsUpdate, {
    refusals: ["conflict"],
    summary: "Change the given fields of a client",
    answer: clientViewSchema,
  }),
  op("DELETE /clients/{id}", clientsDelete, { summary: "Remove a client; its token is refused", answer: idAnswer }),
  op("POST /clients/{id}/rotate", clientsRotate, {
    summary: "Replace the token of a client; the new one is shown this once",
    withOrigin: true,
    answer: clientCreatedSchema,
  }),
  op("POST /clients/{id}/revoke", clientsRevoke, {
    refusals: ["conflict"],
    summary: "Revoke the token of a client",
    answer: clientViewSchema,
  }),
  op("POST /agent/heartbeat", agentHeartbeat, {
    refusals: ["forbidden"],
    summary: "Report that a client is there, with the client's own token",
    answer: heartbeatAnswer,
    body: heartbeatBody,
    isMachineRoute: true,
  }),
  op("POST /agent/runs/{runId}", agentReportRun, {
    summary: "Report on a run that a client executes, with the client's own token",
    answer: runReportAnswer,
    body: runReportBody,
    isMachineRoute: true,
  }),
];
