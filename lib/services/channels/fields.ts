import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import type { QuietHours } from "@/lib/core/quiet-hours";
import type { RoutingSnapshot } from "@/lib/core/routing";
import { SEVERITIES } from "@/lib/core/severity";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { readInstallation } from "@/lib/dispatch/send/installation";
import { SUBSCRIBABLE_EVENTS } from "@/lib/events/catalog";
import type { Provider } from "@/lib/providers/contract";
import { quietHoursField } from "@/lib/services/settings/quiet-hours-field";
import { textSetField } from "./text-fields";

/** Event types a channel subscribes to, as a set. */
export const subscriptionsField = z
  .array(z.string().max(64).refine(isSubscribable, "There is no such event."))
  .max(200)
  .transform((types) => [...new Set(types)]);

function isSubscribable(type: string): boolean {
  return SUBSCRIBABLE_EVENTS.some((entry) => entry.type === type);
}

/** A channel's own rate limit; deliveries above it wait. Null: only the service's limit. */
export const rateLimitField = z.object({
  requests: z.int("Enter a whole number.").min(1, "At least one.").max(10_000, "At most 10,000."),
  perSeconds: z.int("Enter whole seconds.").min(1, "At least one second.").max(86_400, "At most a day."),
});

/** Until when a channel is muted. @returns milliseconds; null for a time that has passed */
export const mutedUntilField = z.iso
  .datetime({ offset: true, error: "Enter a time such as 2026-11-20T07:00:00Z." })
  .max(40)
  .transform((text) => Date.parse(text))
  .refine((at) => at < Date.now() + 366 * 86_400_000, "At most a year from now.")
  .transform((at) => (at > Date.now() ? at : null));

/** Quiet hours with a zone: the installation's where they name none. */
export async function zonedHours(hours: QuietHours): Promise<QuietHours> {
  return hours.timezone ? hours : { ...hours, timezone: (await readInstallation()).timezone };
}

/** The delivery rules of a channel, beside its service's configuration. */
export const deliveryRulesFields = {
  minSeverity: z.enum(SEVERITIES).nullable(),
  mutedUntil: mutedUntilField.nullable(),
  rateLimit: rateLimitField.nullable(),
  quietHours: quietHoursField.nullable(),
  texts: textSetField.nullable(),
};

/** @throws AppError `invalid` for a monitor, which belongs on rules of jobs only */
export function assertMaySubscribe(provider: Provider, events: readonly string[]): void {
  if (provider.purpose !== "monitor" || events.length === 0) return;
  throw new AppError("invalid", "Some fields are invalid.", {
    fields: { events: monitorRefusal(provider.label) },
  });
}

/**
 * Why a channel cannot be named in settings and policies: it does not exist, or takes runs of jobs only. The system mail
 * server is no channel to choose: what it mails to all administrators has switches of its own.
 * @returns null when it can
 */
export function namedChannelProblem(channels: RoutingSnapshot["channels"], id: string): string | null {
  const channel = id === SYSTEM_MAIL_ID ? undefined : channels.get(id);
  if (!channel) return NO_SUCH_CHANNEL;
  return channel.isMonitor ? `${channel.name}: ${monitorRefusal(channel.providerName)}` : null;
}

export const NO_SUCH_CHANNEL = "There is no such channel.";

/** Why a monitor is refused everywhere but on the rules of a job. */
export function monitorRefusal(label: string): string {
  return `${label} watches one job at a time, so it belongs on the rules of a job only.`;
}
