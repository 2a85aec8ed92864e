import { TextLink } from "@/components/ui/link-button";
import type { ChannelUsageSummary } from "./channel-usage";

/** What uses a channel, each linked to where it is configured. */
export function UsageLinks({ usedBy }: { usedBy: ChannelUsageSummary }) {
  return (
    <ul className="flex flex-col gap-1.5 text-sm">
      {usedBy.jobs.map(({ id, name }) => (
        <li key={id}>
          Job <TextLink href={`/jobs/${id}`}>{name}</TextLink>
        </li>
      ))}
      {usedBy.profiles.map(({ id, name }) => (
        <li key={id}>
          Profile <TextLink href={`/routing/profiles/${id}`}>{name}</TextLink>
        </li>
      ))}
      {usedBy.isGlobal && (
        <li>
          <TextLink href="/settings/notifications">Global channels</TextLink>: all system events without custom channels
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
