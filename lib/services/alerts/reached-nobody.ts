import { z } from "zod";
import { anyChannel } from "@/db/queries/channels";
import { settingValue } from "@/db/queries/dispatch";
import { reachedNobody } from "@/db/queries/unheard";
import { MAIL_SETTINGS } from "@/db/stores/system-mail-settings";
import { clientsOf } from "@/lib/auth/access/actor";
import { toIso } from "@/lib/core/clock";
import { topicCache } from "@/lib/core/topic-cache";
import { fallbackSettings } from "@/lib/dispatch/send/unheard-watch";
import { defineVerb } from "@/lib/services/verb";

export const reachedNobodySchema = z.object({
  /** Open alerts that no channel has taken, and no fallback channel either. */
  count: z.int(),
  /** Since when the first of them waits for somebody. */
  since: z.iso.datetime().nullable(),
  /** Whether Settings → Notifications names fallback channels. */
  hasFallback: z.boolean(),
});

/** Time passes without a notice, so it is kept briefly. */
const MAX_AGE_MS = 10_000;

const cache = topicCache(
  ["alerts", "channels", "settings"],
  async () => {
    const { channelIds, afterMinutes } = await fallbackSettings.read();
    const now = Date.now();
    const found = await reachedNobody(now, now - afterMinutes * 60_000);
    // Without any channel the inbox is all that there is.
    const counts = found.count > 0 && ((await anyChannel()) || (await settingValue(MAIL_SETTINGS)) !== null);
    return {
      count: counts ? found.count : 0,
      since: counts && found.since !== null ? toIso(found.since) : null,
      hasFallback: channelIds.length > 0,
    };
  },
  { maxAgeMs: MAX_AGE_MS },
);

/** How many open alerts reached nobody, for the bar on every page. */
export const alertsReachedNobody = defineVerb({
  name: "alerts.reachedNobody",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  // Who looks after some clients only cannot tell what it is about.
  run: async ({ actor }) =>
    clientsOf(actor) === null ? await cache.read() : { count: 0, since: null, hasFallback: true },
});
