import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import { SEVERITIES } from "@/lib/core/severity";
import { isEventType } from "@/lib/events/catalog";
import type { Provider } from "@/lib/providers/contract";
import { textSetField } from "./text-fields";

/** Event types a channel subscribes to, as a set. */
export const subscriptionsField = z
  .array(z.string().max(64).refine(isEventType, "There is no such event."))
  .max(200)
  .transform((types) => [...new Set(types)]);

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

/** The delivery rules of a channel, beside its service's configuration. */
export const deliveryRulesFields = {
  minSeverity: z.enum(SEVERITIES).nullable(),
  mutedUntil: mutedUntilField.nullable(),
  rateLimit: rateLimitField.nullable(),
  texts: textSetField.nullable(),
};

/** @throws AppError `invalid` for a monitor, which belongs on rules of jobs only */
export function assertMaySubscribe(provider: Provider, events: readonly string[]): void {
  if (provider.purpose !== "monitor" || events.length === 0) return;
  throw new AppError("invalid", "Some fields are invalid.", {
    fields: { events: monitorRefusal(provider.label) },
  });
}

/** Why a monitor is refused everywhere but on the rules of a job. */
export function monitorRefusal(label: string): string {
  return `${label} watches one job at a time, so it belongs on the rules of a job only.`;
}
