import type { Notification } from "@/lib/core/notification";
import type { Limit, RenderContext } from "../contract";
import { cutLog } from "./log-cut";
import { actionsOf, linkOf } from "./message-text";
import { clean, oneLine } from "./text";

/** Of the body below. Receivers may rely on every name in it; a change of meaning needs a new version. */
const PAYLOAD_VERSION = 1;

/** Limit of the log in the body. */
export const PAYLOAD_LOG = { max: 262_144, unit: "bytes" } as const satisfies Limit;

/** A notification as JSON for machines, documented in docs/channels/webhook.md. Title and message come in already cut. */
export function standardPayload(
  notification: Notification,
  context: RenderContext,
  title: string,
  message: string,
): Record<string, unknown> {
  return {
    version: PAYLOAD_VERSION,
    id: context.deliveryId,
    eventId: context.eventId,
    type: notification.type,
    typeName: notification.typeName,
    tone: notification.tone,
    severity: notification.severity,
    status: notification.status ?? null,
    alertId: notification.alertId ?? null,
    isTest: notification.isTest ?? false,
    title,
    message,
    fields: notification.fields.map(({ label, value }) => ({ label: oneLine(label), value: clean(value) })),
    times: (notification.times ?? []).map(({ label, at }) => ({
      label: oneLine(label),
      at: new Date(at).toISOString(),
    })),
    link: linkOf(notification)?.url ?? null,
    acknowledgeUrl: actionsOf(notification)[0]?.url ?? null,
    at: new Date(notification.at).toISOString(),
    source: { name: context.installation.name, url: context.installation.url },
    ...(context.log === undefined ? {} : { log: cutLog(context.log, PAYLOAD_LOG) }),
    ...(context.priority === undefined ? {} : { priority: context.priority }),
    ...(context.tags === undefined ? {} : { tags: context.tags }),
  };
}
