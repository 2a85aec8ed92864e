import type { MatchFacts } from "@/lib/core/matching";
import { type QuietHours, quietUntil } from "@/lib/core/quiet-hours";
import type { RoutedChannel, RoutedSilence, RoutingSnapshot } from "@/lib/core/routing";
import { silenceEnd } from "@/lib/core/silence";
import type { Hold } from "./plan";

/*
 * What keeps a notification from being sent at a moment. Asked when it is planned, and again right before an attempt,
 * because a silence may have begun meanwhile.
 */

/** What is to be sent, and through which channel. */
export interface Holdable {
  /** About the problem; of a recovery, about the problem that it ends. */
  facts: Omit<MatchFacts, "channel" | "now">;
  isRecovery: boolean;
  channel: RoutedChannel;
  /** The person it goes to. */
  userId: string | null;
}

type SilenceOn = RoutedSilence & { until: number };

/** The silences that are on. @param now milliseconds */
export function silencesOn({ silences }: RoutingSnapshot, now: number): SilenceOn[] {
  return silences.flatMap((one) => {
    const until = silenceEnd(one, now);
    return until === null ? [] : [{ ...one, until }];
  });
}

/**
 * What the silences that are on make of it: the one that drops it, or the one that holds it longest. A recovery is never
 * dropped. Monitors are exempt: what they miss they would report as a job that does not run.
 */
export function silenceVerdict(
  on: readonly SilenceOn[],
  { facts, isRecovery, channel }: Holdable,
  now: number,
): { droppedBy: string | null; held: Hold | null } {
  if (channel.isMonitor) return { droppedBy: null, held: null };
  const matching = on.filter((one) => one.takes({ ...facts, channel, now }));
  const drop = isRecovery ? undefined : matching.find(({ effect }) => effect === "drop");
  const holds = matching.map(({ id, until }): Hold => ({ code: "silenced", holder: "silence", by: id, until }));
  return { droppedBy: drop?.id ?? null, held: longest(holds) };
}

/** The quiet hours of its channel, or of the person it goes to, that hold it longest. What is critical may pass. */
export function quietVerdict(
  { quietUsers }: Pick<RoutingSnapshot, "quietUsers">,
  { facts, channel, userId }: Holdable,
  now: number,
): Hold | null {
  const own = userId === null ? undefined : quietUsers.get(userId);
  if (channel.isMonitor || (!channel.quietHours && !own)) return null;
  const holdOf = (hours: QuietHours | null | undefined, by: string): Hold[] => {
    if (!hours || (hours.criticalPasses && facts.severity === "critical")) return [];
    const until = quietUntil(hours, now);
    return until === null ? [] : [{ code: "quiet_hours", holder: "quiet_hours", by, until }];
  };
  return longest([...holdOf(channel.quietHours, channel.id), ...holdOf(own, userId ?? "")]);
}

/** Of what holds something, what does so longest. */
export function longest(holds: readonly Hold[]): Hold | null {
  return holds.reduce<Hold | null>((most, one) => (most && most.until >= one.until ? most : one), null);
}
