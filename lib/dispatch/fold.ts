import { foldInitial } from "@/db/stores/folding";
import { foldStorm } from "@/lib/policy/digest";
import type { Provider } from "@/lib/providers/contract";

/** Room for text when a provider states no limit for its body. */
const DEFAULT_ROOM = 3_500;

/** Folds a storm that waits for one channel into digests, when it is more than the provider takes singly. */
export async function foldWaiting(
  channelId: string,
  provider: Provider,
  foldAbove: number,
  now: number,
): Promise<void> {
  const body = provider.limits.message ?? provider.limits.body ?? provider.limits.description;
  const room = Math.min(body ? Math.floor(body.max * (body.unit === "bytes" ? 0.6 : 0.9)) : DEFAULT_ROOM, 20_000);
  await foldInitial(channelId, foldAbove, now, (lines) => foldStorm(lines, room, now));
}
