import { servicesInUse } from "@/db/queries/dispatch";
import { Loop } from "@/lib/core/loop";
import { providerOf } from "@/lib/providers/registry";

/** After a start, and after changes of channels: the first requests go before. */
const WAIT_MS = 2_000;
const INTERVAL_MS = 24 * 3_600_000;

/**
 * Loads the heavy libraries of services that have a channel here, while nothing waits for them. Installations without
 * such a channel never load them.
 */
export function warmUpLoop(): Loop {
  const loaded = new Set<string>();
  return new Loop(
    { name: "warm-up", intervalMs: INTERVAL_MS, topics: ["channels"], gatherMs: WAIT_MS, firstAfterMs: WAIT_MS },
    async () => {
      for (const id of await servicesInUse()) {
        const warmUp = loaded.has(id) ? null : providerOf(id)?.warmUp;
        if (!warmUp) continue;
        loaded.add(id);
        await warmUp();
      }
    },
  );
}
