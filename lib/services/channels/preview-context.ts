import type { TextSet } from "@/lib/core/delivery";
import type { Notification } from "@/lib/core/notification";
import type { Installation } from "@/lib/dispatch/send/installation";
import type { LoadedChannel } from "@/lib/dispatch/send/loaded-channel";
import { monitoredRun } from "@/lib/dispatch/send/monitored-run";
import { notificationOf } from "@/lib/dispatch/send/notification-of";
import { audienceOf } from "@/lib/dispatch/send/resolve-provider";
import { templateValues } from "@/lib/dispatch/send/template-values";
import { outcomeOf, textFor } from "@/lib/policy/custom-text";
import type { RenderContext } from "@/lib/providers/contract";
import type { PreviewSample } from "./preview-sample";

interface PreviewTexts {
  channel: TextSet | null;
  rule: TextSet | null;
  includeLog: boolean;
}

/** In place of the receipts of the earlier notification of the problem. */
const EARLIER = { first: "10", last: "11" };

/** Makes the arguments of `render` for a sample, as for a delivery of it, without reading a run or an alert. */
export async function previewContext(
  sample: PreviewSample,
  channel: LoadedChannel,
  texts: PreviewTexts,
  around: { installation: Installation; reader: string; now: number },
): Promise<{ notification: Notification; render: RenderContext }> {
  const { event, alert, log } = sample;
  const { installation, reader, now } = around;
  const { provider, config } = channel;
  const notification = notificationOf(sample.notification, installation);
  const isRecovery = notification.status === "resolved";
  const text = textFor(texts.channel, texts.rule, outcomeOf(notification.tone), isRecovery ? "recovery" : "whole");
  const values = templateValues(event, notification, alert, log, installation);
  const audience = audienceOf(channel);
  const run = provider.wantsRun ? await monitoredRun(event, false) : undefined;
  if (run && texts.includeLog) run.logLines = log.split("\n").map((line) => ({ at: now, text: line }));
  return {
    notification,
    render: {
      deliveryId: "dlv_sample",
      eventId: event.id,
      threadId: alert?.id ?? event.id,
      isFirst: !isRecovery,
      recipient: channel.targets ? "" : (audience.fixed[0] ?? reader),
      timezone: installation.timezone,
      now,
      because: "a rule of the job",
      installation: { name: installation.name, url: installation.url },
      ...(text.showFacts === false ? { hidesFacts: true } : {}),
      ...(text.priority ? { priority: text.priority } : {}),
      ...(text.tags ? { tags: text.tags } : {}),
      ...(text.sound ? { sound: text.sound } : {}),
      ...(text.mentions ? { mentions: text.mentions } : {}),
      ...(text.title || text.message
        ? {
            own: {
              ...(text.title ? { title: text.title } : {}),
              ...(text.message ? { message: text.message } : {}),
              values,
            },
          }
        : {}),
      ...(provider.needsValues(config) ? { values } : {}),
      ...(texts.includeLog ? { log } : {}),
      ...(provider.usesReceipt && isRecovery ? { previous: EARLIER } : {}),
      ...(run ? { run } : {}),
    },
  };
}
