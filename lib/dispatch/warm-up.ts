import { servicesInUse } from "@/db/queries/dispatch";
import { subscribe } from "@/lib/core/bus";
import { loggerOf } from "@/lib/core/logger";
import { providerOf } from "@/lib/providers/registry";

const log = loggerOf("warm-up");

/** After a start, and after changes of channels: the first requests go before. */
const WAIT_MS = 2_000;

/**
 * Loads the heavy libraries of services that have a channel here, while nothing waits for them. Installations without
 * such a channel never load them.
 */
export class WarmUp {
  private readonly done = new Set<string>();
  private timer: NodeJS.Timeout | null = null;
  private end: () => void = () => undefined;

  start(): void {
    this.end = subscribe(({ topic }) => topic === "channels" && this.soon());
    this.soon();
  }

  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.warm().catch((error) => log.warn("a library could not be loaded ahead of its first use", { error }));
    }, WAIT_MS);
  }

  private async warm(): Promise<void> {
    for (const id of await servicesInUse()) {
      const warmUp = this.done.has(id) ? null : providerOf(id)?.warmUp;
      if (!warmUp) continue;
      this.done.add(id);
      await warmUp();
    }
  }

  stop(): void {
    this.end();
    if (this.timer) clearTimeout(this.timer);
  }
}
