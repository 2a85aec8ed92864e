import { TextLink } from "@/components/ui/link-button";
import type { ChannelUsageSummary } from "./channel-usage";

interface Props {
  channelId: string;
  usedBy: ChannelUsageSummary;
}

/** Of more jobs or profiles than that the others are counted. */
const SHOWN = 8;

/** What uses a channel, each linked to where it is configured. */
export function UsageLinks({ channelId, usedBy }: Props) {
  return (
    <ul className="flex flex-col gap-1.5 text-sm">
      {usedBy.jobs.slice(0, SHOWN).map(({ id, name }) => (
        <li key={id}>
          Job <TextLink href={`/jobs/${id}`}>{name}</TextLink>
        </li>
      ))}
      <More count={usedBy.jobs.length - SHOWN} noun="jobs" href={`/jobs?channelId=${channelId}`} />
      {usedBy.profiles.slice(0, SHOWN).map(({ id, name }) => (
        <li key={id}>
          Profile <TextLink href={`/routing/profiles/${id}`}>{name}</TextLink>
        </li>
      ))}
      <More count={usedBy.profiles.length - SHOWN} noun="profiles" href="/routing/profiles" />
      {usedBy.isGlobal && (
        <li>
          <TextLink href="/settings/notifications">Global channels</TextLink>: all system events without custom channels
        </li>
      )}
      {usedBy.isFallback && (
        <li>
          <TextLink href="/settings/notifications">Fallback channels</TextLink>: alerts that no channel has taken
        </li>
      )}
      {usedBy.overrides.map(({ type, name }) => (
        <li key={type}>
          Event <TextLink href="/settings/notifications">{name}</TextLink>
        </li>
      ))}
    </ul>
  );
}

function More({ count, noun, href }: { count: number; noun: string; href: string }) {
  if (count <= 0) return null;
  return (
    <li>
      and{" "}
      <TextLink href={href}>
        {count.toLocaleString("en")} more {noun}
      </TextLink>
    </li>
  );
}
