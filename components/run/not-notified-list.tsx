import { Link } from "@/components/ui/link";

/** A channel that an event was not sent through. */
export interface NotNotifiedItem {
  eventName: string;
  channelId: string;
  channelName: string;
  reasonCode: string;
  reason: string;
}

/** The channels that a run was not sent through, each with the reason. */
export function NotNotifiedList({ items }: { items: readonly NotNotifiedItem[] }) {
  if (items.length === 0) return null;
  return (
    <section aria-label="Not notified" className="border-line border-t px-4 py-3 text-sm">
      <h3 className="mb-1.5 font-medium text-muted text-xs">Not notified</h3>
      <ul className="flex flex-col gap-1.5">
        {items.map(({ eventName, channelId, channelName, reasonCode, reason }) => (
          <li key={`${eventName} ${channelId} ${reasonCode}`} className="[overflow-wrap:anywhere]">
            <Link href={`/channels/${channelId}`} className="font-medium hover:underline">
              {channelName}
            </Link>
            <span className="text-muted">
              , {eventName}: {reason}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
