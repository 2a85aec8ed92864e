import { deliveriesOfChannels } from "@/db/queries/channels";
import type { DeliveryStatus } from "@/lib/core/delivery";
import { sharedState } from "@/lib/core/runtime";

/** Deliveries of one channel since the day began. */
export interface Today {
  sent: number;
  dead: number;
  /** Held, pending or under way. */
  waiting: number;
}

type Counts = Awaited<ReturnType<typeof deliveriesOfChannels>>;

const FIGURE: Partial<Record<DeliveryStatus, keyof Today>> = {
  sent: "sent",
  dead: "dead",
  held: "waiting",
  pending: "waiting",
  sending: "waiting",
};

/** Counting so many takes its time, and a page that refreshes itself must not count all day: it may be five seconds old. */
const MANY = 20_000;
const KEPT_MS = 5_000;
const KEPT_MOST = 100;
const kept = sharedState("channels.today", () => new Map<string, { until: number; counts: Counts }>());

/** What went through each of these channels since then. @param since milliseconds */
export async function countToday(ids: string[], since: number): Promise<Map<string, Today>> {
  const today = new Map(ids.map((id): [string, Today] => [id, { sent: 0, dead: 0, waiting: 0 }]));
  for (const { channelId, status, n } of await countOnce(ids, since)) {
    const figures = channelId === null ? undefined : today.get(channelId);
    const figure = FIGURE[status];
    if (figures && figure) figures[figure] += n;
  }
  return today;
}

async function countOnce(ids: string[], since: number): Promise<Counts> {
  const key = `${since} ${ids.join(" ")}`;
  const known = kept.get(key);
  if (known && Date.now() < known.until) return known.counts;
  const counts = await deliveriesOfChannels(ids, since);
  kept.delete(key);
  if (counts.reduce((sum, { n }) => sum + n, 0) < MANY) return counts;
  if (kept.size >= KEPT_MOST) kept.clear();
  kept.set(key, { until: Date.now() + KEPT_MS, counts });
  return counts;
}
