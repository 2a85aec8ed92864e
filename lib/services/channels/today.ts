import { deliveriesOfChannels } from "@/db/queries/channels";
import type { DeliveryStatus } from "@/lib/core/delivery";
import { sharedState } from "@/lib/core/runtime";

/** Deliveries of one channel since the day began. */
interface DeliveryCounts {
  sent: number;
  dead: number;
  /** Held, pending or sending. */
  waiting: number;
}

type Counts = Awaited<ReturnType<typeof deliveriesOfChannels>>;

const FIGURE: Partial<Record<DeliveryStatus, keyof DeliveryCounts>> = {
  sent: "sent",
  dead: "dead",
  held: "waiting",
  pending: "waiting",
  sending: "waiting",
};

/** From so many deliveries on, counts are cached for five seconds: pages that refresh themselves must not count all the time. */
const MANY = 20_000;
const CACHE_MS = 5_000;
const CACHE_SIZE = 100;
const cached = new Map<string, { until: number; counts: Counts }>();

/** Counts the deliveries of each channel since a time. @param since milliseconds */
export async function countToday(ids: string[], since: number): Promise<Map<string, DeliveryCounts>> {
  const today = new Map(ids.map((id): [string, DeliveryCounts] => [id, { sent: 0, dead: 0, waiting: 0 }]));
  for (const { channelId, status, n } of await countCached(ids, since)) {
    const figures = channelId === null ? undefined : today.get(channelId);
    const figure = FIGURE[status];
    if (figures && figure) figures[figure] += n;
  }
  return today;
}

async function countCached(ids: string[], since: number): Promise<Counts> {
  const key = `${since} ${ids.join(" ")}`;
  const known = cached.get(key);
  if (known && Date.now() < known.until) return known.counts;
  const counts = await deliveriesOfChannels(ids, since);
  cached.delete(key);
  if (counts.reduce((sum, { n }) => sum + n, 0) < MANY) return counts;
  if (cached.size >= CACHE_SIZE) cached.clear();
  cached.set(key, { until: Date.now() + CACHE_MS, counts });
  return counts;
}
