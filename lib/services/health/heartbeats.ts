import { databaseNow } from "@/db/database-clock";
import { settingValue } from "@/db/queries/dispatch";
import { installationPause } from "@/db/queries/installation";
import { claimHeartbeat, HEARTBEAT_SETTINGS, recordHeartbeat } from "@/db/stores/heartbeat";
import { messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { sendHeartbeat } from "@/lib/dispatch/send/heartbeat";
import { type HeartbeatSettings, heartbeatSettings } from "@/lib/services/settings/heartbeat";
import { problemsOf, readProgress } from "./problems";

const log = loggerOf("heartbeat");

const MINUTE_MS = 60_000;
const NO_DATABASE = "The database does not answer or cannot be written.";

/**
 * Heartbeats of one process: a look finds out whether everything works, and sends the heartbeat when it is due. Of several processes
 * the first that looks sends it. Where the database fails, the one that sent the last one says so.
 */
export class Heartbeats {
  private settings: HeartbeatSettings | null = null;
  private isLastMine = false;
  private distressAt: number | null = null;

  /** @param owner names this life of the process */
  constructor(private readonly owner: string) {}

  /** One look. */
  async look(): Promise<void> {
    let due: { channelId: string; problems: string[] } | null;
    try {
      due = await this.claim();
      this.distressAt = null;
    } catch (error) {
      log.warn("failed to look whether a heartbeat is due", { reason: messageOf(error) });
      await this.sendDistress();
      return;
    }
    if (!due) return;
    const { channelId, problems } = due;
    const { error } = await sendHeartbeat(channelId, problems);
    if (error !== null) log.warn("failed to send a heartbeat", { channelId, reason: error });
    await recordHeartbeat(channelId, problems.length === 0, error, databaseNow());
  }

  private async claim(): Promise<{ channelId: string; problems: string[] } | null> {
    this.settings = heartbeatSettings(await settingValue(HEARTBEAT_SETTINGS));
    const { channelId, everyMinutes } = this.settings;
    if (channelId === null || (await installationPause()) !== null) {
      this.isLastMine = false;
      return null;
    }
    const now = databaseNow();
    const problems = problemsOf(await readProgress(), now);
    const { owner } = this;
    const wanted = { channelId, owner, everyMs: everyMinutes * MINUTE_MS, isHealthy: problems.length === 0, now };
    const claimed = await claimHeartbeat(wanted);
    this.isLastMine = claimed.owner === owner;
    return claimed.isClaimed ? { channelId, problems } : null;
  }

  /** By what is in memory: at once, then as often as heartbeats are sent. */
  private async sendDistress(): Promise<void> {
    const { channelId, everyMinutes } = this.settings ?? { channelId: null, everyMinutes: 1 };
    if (channelId === null || !this.isLastMine) return;
    const now = performance.now();
    if (this.distressAt !== null && now - this.distressAt < everyMinutes * MINUTE_MS) return;
    const { error } = await sendHeartbeat(channelId, [NO_DATABASE]);
    if (error === null) this.distressAt = now;
  }
}
