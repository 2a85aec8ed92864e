import { z } from "zod";
import { channelById } from "@/db/queries/channels";
import { lastFailureOf, lostSince } from "@/db/queries/lost";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import { lostFilter, recoveredKey } from "@/lib/dispatch/send/recover-channel";
import { channelFailing } from "@/lib/events/channel-failing";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

export const lostSchema = z.object({
  /** When the channel last began to fail; null when that is not known, or long ago. */
  since: z.iso.datetime().nullable(),
  /** Notifications it has lost since then, and that were not sent again. */
  count: z.int(),
  /** It works again, so that they can be sent. */
  isOffered: z.boolean(),
});

/** A week: what is older nobody wants to be offered. */
const LOOK_BACK_MS = 7 * 86_400_000;
/** The alert opens right after the first notification was lost. */
const MARGIN_MS = 60_000;

/** What a channel has lost since it began to fail, so that it can be offered to send it again. */
export const channelsLost = defineVerb({
  name: "channels.lost",
  permission: "operator",
  changes: false,
  input: z.object({ id: idField }),
  async run({ now }, { id }) {
    const channel = await channelById(id);
    if (!channel) throw new AppError("not_found", "There is no such channel.");
    const failure = await lastFailureOf(channelFailing.type, id, now - LOOK_BACK_MS, recoveredKey(id));
    if (failure.since === null) return { since: null, count: 0, isOffered: false };
    const since = Math.max(failure.since - MARGIN_MS, failure.recoveredAt ?? 0);
    const count = await lostSince(lostFilter({ channelId: id, since, includesCanceled: false }));
    const isOffered = count > 0 && channel.enabled && failure.isHealthy;
    return { since: toIso(since), count, isOffered };
  },
});
