import { settingValue } from "@/db/queries/dispatch";
import { cleanUp } from "@/db/stores/clean-up";
import { loggerOf } from "@/lib/core/logger";

const log = loggerOf("clean-up");

const EVERY_MS = 3_600_000;
const FIRST_AFTER_MS = 60_000;
const DEFAULT_DAYS = 30;

/** Removes what is older than the retention of Settings → General. Open alerts never are. */
export class CleanUp {
  private timers: NodeJS.Timeout[] = [];
  private isRunning = false;

  start(): void {
    this.timers = [setTimeout(() => void this.run(), FIRST_AFTER_MS), setInterval(() => void this.run(), EVERY_MS)];
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      const general = await settingValue<{ retentionDays?: number }>("general");
      const removed = await cleanUp(Date.now() - (general?.retentionDays ?? DEFAULT_DAYS) * 86_400_000);
      if (removed > 0) log.info("old entries were removed", { removed });
    } catch (error) {
      log.warn("old entries could not be removed; tried again in an hour", { error });
    } finally {
      this.isRunning = false;
    }
  }
}
