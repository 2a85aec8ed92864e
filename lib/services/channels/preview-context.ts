import type { TextSet } from "@/lib/core/delivery";
import type { Notification } from "@/lib/core/notification";
import type { Installation } from "@/lib/dispatch/send/installation";
import type { LoadedChannel } from "@/lib/dispatch/send/loaded-channel";
import { monitoredRun } from "@/lib/dispatch/send/monitored-run";
import { audienceOf } from "@/lib/dispatch/send/resolve-provider";
import { templateValues } from "@/lib/dispatch/send/template-values";
import { outcomeOf, textFor } from "@/lib/policy/custom-text";
import type { RenderContext } from "@/lib/providers/contract";
import type { PreviewSample } from "./preview-sample";

interface Words {
  channel: TextSet | null;
  row: TextSet | null;
  includeLog: boolean;
}

/** Stands for the answers of a service that was told of the problem before. */
const EARLIER = { first: "10", last: "11" };

/** What `render` gets for a sample: what a delivery of it would get, without anything read of a run or an alert. */
export async function previewContext(
  sample: PreviewSample,
  channel: LoadedChannel,
  words: Words,
  around: { installation: Installation; reader: string; now: number },
): Promise<{ notification: Notification; render: RenderContext }> {
  const { event, alert, log } = sample;
  const { installation, reader, now } = around;
  const { provider, config } = channel;
  const notification = withAddress(sample.notification, installation.url);
  const isOver = notification.status === "resolved";
  const text = textFor(words.channel, words.row, outcomeOf(notification.tone), isOver);
  const values = templateValues(event, notification, alert, log, installation.url);
  const audience = audienceOf(channel);
  const run = provider.wantsRun ? await monitoredRun(event, false) : undefined;
  if (run && words.includeLog) run.logLines = log.split("\n").map((line) => ({ at: now, text: line }));
  return {
    notification,
    render: {
      deliveryId: "dlv_sample",
      eventId: event.id,
      threadId: alert?.id ?? event.id,
      isFirst: !isOver,
      recipient: channel.targets ? "" : (audience.fixed[0] ?? reader),
      timezone: installation.timezone,
      now,
      because: "a row of the job",
      installation: { name: installation.name, url: installation.url },
      ...(text.priority ? { priority: text.priority } : {}),
      ...(text.tags ? { tags: text.tags } : {}),
      ...(text.sound ? { sound: text.sound } : {}),
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
      ...(words.includeLog ? { log } : {}),
      ...(provider.usesReceipt && isOver ? { previous: EARLIER } : {}),
      ...(run ? { run } : {}),
    },
  };
}

/** Paths of the console become addresses when ours is known; otherwise there is no link. */
function withAddress(notification: Notification, baseUrl: string | null): Notification {
  const { link } = notification;
  if (!link) return notification;
  return { ...notification, link: baseUrl ? { ...link, url: `${baseUrl}${link.url}` } : undefined };
}
