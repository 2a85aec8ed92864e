import { closeAlertsOf, openAlertKeys } from "@/db/stores/alerts";
import type { ChannelRow } from "@/db/stores/channels";
import type { Steps, Tx } from "@/db/transact";
import { isRecipientOf, resolveProvider } from "@/lib/dispatch/send/resolve-provider";
import { channelFailing } from "@/lib/events/channel-failing";
import { recipientOfKey } from "@/lib/events/key";
import { requireProvider, usableConfig } from "./config";

/**
 * Closes the alerts about recipients that were refused and are no longer in the channel.
 * @param row as changed, in the same transaction
 */
export function* closeRemovedRecipients(tx: Tx, row: ChannelRow): Steps<void> {
  const refused = (yield* openAlertKeys(tx, "channel", row.id)).flatMap((key) => {
    const recipient = recipientOfKey(key, channelFailing.type, row.id);
    return recipient === null ? [] : [{ key, recipient }];
  });
  if (refused.length === 0) return;
  const provider = requireProvider(row.provider);
  const resolved = resolveProvider(provider, provider.parse(usableConfig(provider, row)));
  const removed = refused.filter(({ recipient }) => !isRecipientOf(resolved, recipient)).map(({ key }) => key);
  if (removed.length > 0) yield* closeAlertsOf(tx, "channel", row.id, "subject_removed", removed);
}
