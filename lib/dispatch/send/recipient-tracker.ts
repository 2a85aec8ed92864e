import { openAlertKeys } from "@/db/stores/alerts";
import { transact } from "@/db/transact";
import { loggerOf } from "@/lib/core/logger";
import type { RefusedRecipient } from "@/lib/core/refused-recipient";
import { channelFailing } from "@/lib/events/channel-failing";
import { recipientOfKey } from "@/lib/events/key";
import { raiseAccepted, raiseRefused } from "./channel-failing";
import type { ChannelNames } from "./health-tracker";
import { loadChannel } from "./loaded-channel";
import { isRecipientOf } from "./resolve-provider";

const log = loggerOf("recipients");

/**
 * Which of a channel's recipients its service refuses, while the channel itself works. Each is reported once, and again
 * when it is accepted. The open alerts are what is known: a person may have closed one.
 */
export class RecipientTracker {
  /** Null until the first of them matters. */
  private known: Set<string> | null = null;
  /** One after the other, so that an acceptance does not overtake the refusal before it. */
  private writes: Promise<void> = Promise.resolve();

  constructor(private readonly channelId: string) {}

  /**
   * Recipients of the channel's own. One that was removed while the message was under way is not reported.
   * @param advice what to do about it, when the service's words are known
   */
  refused(list: readonly RefusedRecipient[], names: ChannelNames, advice: string | null): void {
    if (list.length === 0) return;
    this.write("failed to report a refused recipient", async () => {
      const channel = await loadChannel(this.channelId);
      if (!channel || "broken" in channel) return;
      await this.report(
        list.filter(({ recipient }) => isRecipientOf(channel, recipient)),
        names,
        advice,
      );
    });
  }

  /** Persons that a delivery of their own was for: an administrator, the user that an event is about. */
  refusedCopy(list: readonly RefusedRecipient[], names: ChannelNames, advice: string | null): void {
    this.write("failed to report a refused recipient", () => this.report(list, names, advice));
  }

  private async report(list: readonly RefusedRecipient[], names: ChannelNames, advice: string | null): Promise<void> {
    const known = await this.read();
    for (const one of list) {
      await raiseRefused({ id: this.channelId, ...names }, one, advice);
      known.add(one.recipient);
    }
  }

  accepted(recipients: readonly string[], names: ChannelNames): void {
    // Nobody is refused, in nearly every case.
    if (recipients.length === 0 || this.known?.size === 0) return;
    this.write("failed to report a recipient that is accepted again", async () => {
      const known = await this.read();
      for (const recipient of recipients.filter((one) => known.has(one))) {
        await raiseAccepted({ id: this.channelId, ...names }, recipient);
        known.delete(recipient);
      }
    });
  }

  /** Resolves when everything that was to be written is written, or failed. */
  async flush(): Promise<void> {
    await this.writes;
  }

  private async read(): Promise<Set<string>> {
    const { type } = channelFailing;
    if (!this.known) {
      const keys = await transact([], (tx) => openAlertKeys(tx, "channel", this.channelId));
      this.known = new Set(keys.flatMap((key) => recipientOfKey(key, type, this.channelId) ?? []));
    }
    return this.known;
  }

  private write(failure: string, work: () => Promise<void>): void {
    this.writes = this.writes.then(work).catch((error) => log.error(failure, { channelId: this.channelId, error }));
  }
}
