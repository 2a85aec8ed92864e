import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import { isEventType } from "@/lib/events/catalog";
import type { Provider } from "@/lib/providers/contract";

/** Event types a channel subscribes to, as a set. */
export const subscriptionsField = z
  .array(z.string().refine(isEventType, "There is no such event."))
  .max(200)
  .transform((types) => [...new Set(types)]);

/** @throws AppError `invalid` for a monitor, which belongs on job rows only */
export function demandMaySubscribe(provider: Provider, events: readonly string[]): void {
  if (provider.purpose !== "monitor" || events.length === 0) return;
  throw new AppError("invalid", "Some fields need another look.", {
    fields: { events: monitorRefusal(provider.label) },
  });
}

/** Why a monitor is refused everywhere but on the rows of a job. */
export function monitorRefusal(label: string): string {
  return `${label} watches one job at a time, so it belongs on the rows of a job only.`;
}
