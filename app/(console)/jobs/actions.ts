"use server";

import { channelsPreview } from "@/lib/services/channels/preview";
import { jobsBulk } from "@/lib/services/jobs/bulk";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsDelete } from "@/lib/services/jobs/delete";
import { jobsIds } from "@/lib/services/jobs/ids";
import { jobsImportBorgmatic } from "@/lib/services/jobs/import-borgmatic";
import { jobsImportChecks } from "@/lib/services/jobs/import-checks";
import { jobsRotateToken } from "@/lib/services/jobs/rotate-token";
import { jobsRoutingPreview } from "@/lib/services/jobs/routing-preview";
import { jobsRun } from "@/lib/services/jobs/run";
import { jobsUpdate } from "@/lib/services/jobs/update";
import { jobsWebhookPreview } from "@/lib/services/jobs/webhook-preview";
import { action } from "@/lib/web/action";

export const createJobAction = action(jobsCreate);
export const updateJobAction = action(jobsUpdate);
export const deleteJobAction = action(jobsDelete);
export const changeJobsAction = action(jobsBulk);
export const findJobIds = action(jobsIds);
export const importBorgmaticAction = action(jobsImportBorgmatic);
export const importChecksAction = action(jobsImportChecks);
export const runJob = action(jobsRun);
export const rotateJobTokenAction = action(jobsRotateToken);
export const previewWebhookAction = action(jobsWebhookPreview);
export const previewJobRoutingAction = action(jobsRoutingPreview);
export const previewMessage = action(channelsPreview);
