import { TextLink } from "@/components/ui/link-button";
import type { ChannelUsers } from "./used-by";

/** RoutingPreview uses a channel, each with the way to where that is changed. */
export function UserLinks({ usedBy }: { usedBy: ChannelUsers }) {
  return (
    <ul className="flex flex-col gap-1.5 text-sm">
      {usedBy.jobs.map(({ id, name }) => (
        <li key={id}>
          Job <TextLink href={`/jobs/${id}`}>{name}</TextLink>
        </li>
      ))}
      {usedBy.isGlobal && (
        <li>
          <TextLink href="/settings/notifications">Global channels</TextLink>: all system events without channels of
          their own
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
