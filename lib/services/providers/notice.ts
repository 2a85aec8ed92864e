import { sharedState } from "@/lib/core/runtime";
import { providerIo } from "@/lib/dispatch/send/provider-io";
import type { Provider } from "@/lib/providers/contract";

/** The check may start a program, so its good result is kept for a minute; a bad one is checked again each time. */
const CLEAR_MS = 60_000;
const clearSince = sharedState("providers.clear-since", () => new Map<string, number>());

/** The provider's warning about this server, shown above its form; null when there is none. */
export async function providerNotice(provider: Provider, now: number): Promise<string | null> {
  if (!provider.notice || now - (clearSince.get(provider.id) ?? 0) < CLEAR_MS) return null;
  const notice = await provider.notice(providerIo());
  if (notice === null) clearSince.set(provider.id, now);
  else clearSince.delete(provider.id);
  return notice;
}
