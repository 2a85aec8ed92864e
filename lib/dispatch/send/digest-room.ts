import type { DigestRoom } from "@/lib/policy/digest";
import type { RenderContext } from "@/lib/providers/contract";
import type { Installation } from "./installation";
import type { LoadedChannel } from "./loaded-channel";
import { notificationOf } from "./notification-of";
import { BECAUSE } from "./render-context";

/** Written as it is in every notation. */
const END = "endofdigest";

/**
 * How much of a digest a channel's service takes, found by rendering it: each service counts in its own unit, after
 * its own escapes, and needs room for the title, the link and the small print.
 * @param recipient whose copy it is
 */
export function digestRoom(
  channel: LoadedChannel,
  recipient: string,
  installation: Installation,
  now: number,
): DigestRoom {
  const { provider, targets } = channel;
  const config = targets?.get(recipient) ?? channel.config;
  const context: RenderContext = {
    deliveryId: "dlv_00000000000000000000000",
    eventId: "evt_00000000000000000000000",
    threadId: "evt_00000000000000000000000",
    isFirst: true,
    recipient: targets ? "" : recipient,
    // The longest, since it stands in the small print.
    because: Object.values(BECAUSE).reduce((longest, one) => (one.length > longest.length ? one : longest)),
    timezone: installation.timezone,
    now,
    installation: { name: installation.name, url: installation.url },
  };
  // A template of the channel's own decides by itself what it shows.
  if (provider.needsValues(config)) return { fits: () => true, maxMessages: provider.digestMessages };
  return {
    fits(notification) {
      const shown = notificationOf(notification, installation);
      // What is cut loses its end.
      const payload = provider.render({ ...shown, message: `${shown.message}\n${END}` }, config, context);
      return JSON.stringify(payload).includes(END);
    },
    maxMessages: provider.digestMessages,
  };
}
