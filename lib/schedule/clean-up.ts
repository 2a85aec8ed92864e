import { settingValue } from "@/db/queries/dispatch";
import { cleanUp } from "@/db/stores/clean-up";
import { loggerOf } from "@/lib/core/logger";
import { Loop } from "@/lib/core/loop";

const log = loggerOf("clean-up");

const EVERY_MS = 3_600_000;
const FIRST_AFTER_MS = 60_000;
const DEFAULT_DAYS = 30;

/** Removes what is older than the retention of Settings → General, every hour. Open alerts are never removed. */
export function cleanUpLoop(): Loop {
  return new Loop({ name: "clean-up", intervalMs: EVERY_MS, firstAfterMs: FIRST_AFTER_MS }, async () => {
    const general = await settingValue<{ retentionDays?: number }>("general");
    const removed = await cleanUp(Date.now() - (general?.retentionDays ?? DEFAULT_DAYS) * 86_400_000);
    if (removed > 0) log.info("removed old entries", { removed });
  });
}
