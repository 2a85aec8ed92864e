import { z } from "zod";
import { artifactsAccept } from "@/lib/services/artifacts/accept";
import { artifactsDays, backupDaysSchema } from "@/lib/services/artifacts/days";
import { artifactsDownload } from "@/lib/services/artifacts/download";
import { artifactsGet } from "@/lib/services/artifacts/get";
import { artifactsList } from "@/lib/services/artifacts/list";
import { artifactsOutlook, outlookSchema } from "@/lib/services/artifacts/outlook";
import { artifactsRestore } from "@/lib/services/artifacts/restore";
import { artifactsTestRestore } from "@/lib/services/artifacts/test-restore";
import { artifactViewSchema } from "@/lib/services/artifacts/view";
import { jobsArchiveEntries } from "@/lib/services/jobs/archive-entries";
import { jobsArchives, programArchives } from "@/lib/services/jobs/archives";
import { bulkAnswer, jobsBulk } from "@/lib/services/jobs/bulk";
import { jobsCheckIntegrity } from "@/lib/services/jobs/check-integrity";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsDelete } from "@/lib/services/jobs/delete";
import { jobsGet } from "@/lib/services/jobs/get";
import { hookChoices, jobsHooks } from "@/lib/services/jobs/hooks";
import { importedBorgmatic, jobsImportBorgmatic } from "@/lib/services/jobs/import-borgmatic";
import { importedChecks, jobsImportChecks } from "@/lib/services/jobs/import-checks";
import { jobsList } from "@/lib/services/jobs/list";
import { jobsPause } from "@/lib/services/jobs/pause";
import { jobsResume } from "@/lib/services/jobs/resume";
import { jobsRotateToken } from "@/lib/services/jobs/rotate-token";
import { jobsRoutingPreview } from "@/lib/services/jobs/routing-preview";
import { jobsRun } from "@/lib/services/jobs/run";
import { jobsUpdate } from "@/lib/services/jobs/update";
import { jobViewSchema } from "@/lib/services/jobs/view";
import { jobsWebhookPreview, webhookReading } from "@/lib/services/jobs/webhook-preview";
import { labelsList, labelUsesSchema } from "@/lib/services/labels/list";
import { overviewRead } from "@/lib/services/overview/read";
import { signalsList, signalViewSchema } from "@/lib/services/receivers/list-signals";
import { pingKeyAnswer, settingsPingKeyGet } from "@/lib/services/receivers/ping-key-get";
import { settingsPingKeyRotate } from "@/lib/services/receivers/ping-key-rotate";
import { entriesSchema } from "@/lib/services/repositories/entries";
import { runsCancel } from "@/lib/services/runs/cancel";
import { runsGet } from "@/lib/services/runs/get";
import { runsList } from "@/lib/services/runs/list";
import { runsLog } from "@/lib/services/runs/log";
import { runViewSchema } from "@/lib/services/runs/view";
import * as answers from "../answers";
import { fileOperation, idAnswer, type Operation, operation as op, pageSchema } from "../operation";

const runStarted = z.object({ runId: z.string() });
const canceled = z.object({ id: z.string(), status: z.enum(["canceled", "running"]) });
const runLog = z.object({ text: z.string(), isTruncated: z.boolean() });

/** Jobs, runs and stored backups. */
export const jobOperations: readonly Operation[] = [
  op("GET /jobs", jobsList, { summary: "List jobs", answer: pageSchema(jobViewSchema) }),
  op("POST /jobs", jobsCreate, { refusals: ["conflict"], summary: "Create a job", status: 201, answer: jobViewSchema }),
  op("POST /jobs/bulk", jobsBulk, {
    refusals: ["conflict", "not_found"],
    summary: "Change the profile, labels or state of many jobs, all or none",
    answer: bulkAnswer,
  }),
  op("GET /jobs/{id}/archives", jobsArchives, {
    summary: "List the archives of a job whose source stores its backups by itself, as its program does now",
    answer: programArchives,
  }),
  op("GET /jobs/{id}/archive-entries", jobsArchiveEntries, {
    summary: "List what lies in a folder of an archive of such a job",
    answer: entriesSchema,
  }),
  op("GET /jobs/{id}", jobsGet, { summary: "Read a job", answer: jobViewSchema }),
  op("PATCH /jobs/{id}", jobsUpdate, {
    refusals: ["conflict"],
    summary: "Change the given fields of a job",
    answer: jobViewSchema,
  }),
  op("DELETE /jobs/{id}", jobsDelete, {
    refusals: ["conflict"],
    summary: "Delete a job; its backups stay",
    answer: idAnswer,
  }),
  op("POST /jobs/{id}/run", jobsRun, {
    refusals: ["conflict"],
    summary: "Start a run",
    status: 202,
    answer: runStarted,
  }),
  op("POST /jobs/{id}/pause", jobsPause, { summary: "Pause a job", answer: jobViewSchema }),
  op("POST /jobs/{id}/resume", jobsResume, { summary: "End the pause of a job", answer: jobViewSchema }),
  op("POST /jobs/{id}/rotate-token", jobsRotateToken, {
    refusals: ["conflict"],
    summary: "Give an external job new addresses; the old ones are unknown from then on",
    answer: jobViewSchema,
  }),
  op("POST /jobs/import-checks", jobsImportChecks, {
    refusals: ["conflict"],
    summary: "Make external jobs of checks exported from Healthchecks, or look at what would be made",
    answer: importedChecks,
  }),
  op("POST /jobs/import-borgmatic", jobsImportBorgmatic, {
    refusals: ["conflict"],
    summary:
      "Make an external job, channels and rules of a configuration file of borgmatic, or look at what would be made",
    answer: importedBorgmatic,
  }),
  op("GET /jobs/hooks", jobsHooks, {
    summary: "List the hooks that administrators may choose for jobs",
    answer: hookChoices,
  }),
  op("POST /jobs/webhook-preview", jobsWebhookPreview, {
    summary: "Read an example of a webhook's JSON by a mapping",
    answer: webhookReading,
  }),
  op("GET /signals", signalsList, {
    summary: "List what programs reported about external jobs, newest first",
    answer: pageSchema(signalViewSchema),
  }),
  op("GET /settings/ping-key", settingsPingKeyGet, {
    summary: "Read the key by which programs name external jobs by their slugs",
    answer: pingKeyAnswer,
  }),
  op("POST /settings/ping-key/rotate", settingsPingKeyRotate, {
    summary: "Make a new ping key; the old one is unknown from then on",
    answer: pingKeyAnswer,
  }),
  op("POST /jobs/routing-preview", jobsRoutingPreview, {
    refusals: ["not_found"],
    summary: "Preview who gets notified of a job's outcome",
    answer: answers.routingPreview,
  }),
  op("GET /labels", labelsList, {
    summary: "List labels in use, of jobs, sources, destinations and channels",
    answer: labelUsesSchema,
  }),
  op("GET /runs", runsList, { summary: "List runs, newest first", answer: pageSchema(runViewSchema) }),
  op("GET /runs/{id}", runsGet, { summary: "Read a run with its backups", answer: runViewSchema }),
  op("GET /runs/{id}/log", runsLog, { summary: "Read the log of a run", answer: runLog }),
  op("POST /runs/{id}/cancel", runsCancel, {
    refusals: ["conflict"],
    summary: "Cancel a queued or running run",
    answer: canceled,
  }),
  op("GET /artifacts", artifactsList, {
    summary: "List stored backups, newest first",
    answer: pageSchema(artifactViewSchema),
  }),
  op("GET /artifacts/days", artifactsDays, {
    summary: "Count the stored backups of each day of a month",
    answer: backupDaysSchema,
  }),
  op("GET /artifacts/{id}", artifactsGet, { summary: "Read a stored backup", answer: artifactViewSchema }),
  fileOperation("GET /artifacts/{id}/download", artifactsDownload, { summary: "Download a stored backup" }),
  op("POST /artifacts/{id}/restore", artifactsRestore, {
    refusals: ["conflict"],
    summary: "Restore a stored backup",
    status: 202,
    answer: runStarted,
  }),
  op("POST /artifacts/{id}/restore-outlook", artifactsOutlook, {
    summary: "Read what a restore would overwrite, leave and not bring back",
    answer: outlookSchema,
  }),
  op("POST /jobs/{id}/integrity-check", jobsCheckIntegrity, {
    refusals: ["conflict"],
    summary: "Read all stored backups of a job again, and compare them with their checksums",
    status: 202,
    answer: runStarted,
  }),
  op("POST /artifacts/{id}/restore-test", artifactsTestRestore, {
    summary: "Restore a stored backup into a scratch place, and compare",
    status: 202,
    answer: runStarted,
  }),
  op("POST /artifacts/{id}/accept", artifactsAccept, {
    refusals: ["conflict"],
    summary: "Accept the size of a suspect backup",
    answer: artifactViewSchema,
  }),
  op("GET /overview", overviewRead, { summary: "Read the overview", answer: z.unknown() }),
];
