import { sharedState } from "@/lib/core/runtime";
import { providerIo } from "@/lib/dispatch/provider-io";
import type { Provider } from "@/lib/providers/contract";

/** To find out that all is well may start a program; a lack is found at once, and may be mended at any moment. */
const WELL_MS = 60_000;
const wellAt = sharedState("providers.well-at", () => new Map<string, number>());

/** What this server must say of a service before anything is filled in; null when there is nothing to say. */
export async function noticeOf(provider: Provider, now: number): Promise<string | null> {
  if (!provider.notice || now - (wellAt.get(provider.id) ?? 0) < WELL_MS) return null;
  const notice = await provider.notice(providerIo());
  if (notice === null) wellAt.set(provider.id, now);
  else wellAt.delete(provider.id);
  return notice;
}
