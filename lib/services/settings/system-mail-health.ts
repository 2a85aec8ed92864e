import { statesOfChannels } from "@/db/queries/channels";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { type ChannelView, healthOf } from "@/lib/services/channels/view";

/** How the system mail server takes the mail to all administrators. */
export async function systemMailHealth(): Promise<ChannelView["health"]> {
  return healthOf((await statesOfChannels([SYSTEM_MAIL_ID])).get(SYSTEM_MAIL_ID));
}
