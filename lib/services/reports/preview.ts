import { z } from "zod";
import { routingNow } from "@/db/queries/dispatch";
import { newDelivery } from "@/db/stores/new-delivery";
import type { Actor } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import type { EventDraft } from "@/lib/core/event";
import type { Notification } from "@/lib/core/notification";
import type { Preview } from "@/lib/core/preview";
import { REPORT_PERIODS } from "@/lib/core/report";
import { snapshotOf } from "@/lib/dispatch/plan/routing-snapshot";
import { hypotheticalPlan } from "@/lib/dispatch/preview/hypothetical-plan";
import { readInstallation } from "@/lib/dispatch/send/installation";
import { type LoadedChannel, loadChannel } from "@/lib/dispatch/send/loaded-channel";
import { notificationOf } from "@/lib/dispatch/send/notification-of";
import { renderContext } from "@/lib/dispatch/send/render-context";
import type { PlannedDelivery } from "@/lib/policy/plan";
import { redactDeep } from "@/lib/secrets/redact";
import { messagePreviewSchema } from "@/lib/services/channels/preview";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { mailProblem } from "./person-rules";
import { reportDraft, reportReader } from "./subject";

/** Which report is meant. */
export const reportInput = z.object({
  period: z.enum(REPORT_PERIODS),
  /** The report of this channel; left out: the caller's own. */
  channelId: idField.optional(),
});

export const reportPreviewSchema = z.object({
  title: z.string(),
  message: z.string(),
  fields: z.array(z.object({ label: z.string(), value: z.string(), short: z.boolean().optional() })),
  /** The span that it is about; `to` is outside. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  timezone: z.string(),
  channelName: z.string(),
  preview: messagePreviewSchema,
});
export type ReportPreview = z.infer<typeof reportPreviewSchema> & { preview: Preview };

/** Shows the report of the last whole span, made of what is stored now, as its service shows it. Sends nothing. */
export const reportsPreview = defineVerb({
  name: "reports.preview",
  permission: "viewer",
  changes: false,
  input: reportInput,
  async run({ actor, now }, { period, channelId }): Promise<ReportPreview> {
    const { draft, report } = await reportDraft(await reportReader(actor, channelId), { period, now });
    const plan = hypotheticalPlan(draft, snapshotOf(await routingNow()));
    const [delivery] = plan.deliveries;
    if (!delivery) throw new AppError("invalid", (await mailProblem()) ?? "There is nobody to whom it could be sent.");
    const loaded = await usableChannel(delivery.channel.id, actor);
    const preview = await previewOf(delivery, loaded, draft, plan.notification);
    const { from, to, timezone } = report;
    const { title, message, fields } = plan.notification;
    const span = { from: toIso(from), to: toIso(to), timezone };
    return { title, message, fields, ...span, channelName: delivery.channel.name, preview };
  },
});

/** @throws AppError `invalid` with the reason, which may quote the configuration, for administrators */
async function usableChannel(id: string, actor: Actor): Promise<LoadedChannel> {
  const loaded = await loadChannel(id);
  if (!loaded) throw new AppError("not_found", "There is no such channel.");
  if (!("broken" in loaded)) return loaded;
  const hidden = `The channel ${loaded.name} cannot be used at the moment. An administrator sees why.`;
  throw new AppError("invalid", hasRole(actor, "admin") ? loaded.broken : hidden);
}

/** Renders the delivery as its queue would. */
async function previewOf(
  { channel, target, kind }: PlannedDelivery,
  loaded: LoadedChannel,
  { type, subject, data, at = 0 }: EventDraft,
  notification: Notification,
): Promise<Preview> {
  const installation = await readInstallation();
  const text = notificationOf(notification, installation);
  const event = { id: "evt_preview", type, at, subject, runId: null, data, notification };
  const { isForUser: _, repeat: __, ...where } = target;
  const { title, tone, severity } = text;
  const shown = { channelName: channel.name, provider: channel.provider, title, tone, severity, notification: null };
  const times = { createdAt: at, giveUpAt: at };
  const row = newDelivery({ ...where, ...shown, ...times, eventId: event.id, kind, step: 0, status: "sending" });
  const context = await renderContext(row, event, loaded, text, installation);
  const config = loaded.targets?.get(target.recipient) ?? loaded.config;
  return redactDeep(loaded.provider.preview(loaded.provider.render(text, config, context), config), loaded.redact);
}
