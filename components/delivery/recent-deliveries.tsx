import { DeliveryStatusBadge } from "@/components/status/delivery-status-badge";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import type { ShownStatus } from "@/lib/core/delivery";

interface Props {
  title: string;
  /** Address of the full list. */
  allHref: string;
  deliveries: readonly {
    id: string;
    title: string;
    status: ShownStatus;
    isTest: boolean;
    /** Milliseconds. */
    createdAt: number;
  }[];
}

/** The last few deliveries of a channel or a job. */
export function RecentDeliveries({ title, allHref, deliveries }: Props) {
  return (
    <Panel
      title={title}
      padded={false}
      footer={deliveries.length > 0 ? <TextLink href={allHref}>View all</TextLink> : undefined}
    >
      {deliveries.length === 0 ? (
        <p className="p-4 text-muted text-sm">No deliveries yet.</p>
      ) : (
        <ul>
          {deliveries.map(({ id, title: subject, status, isTest, createdAt }) => (
            <li key={id} className="flex flex-col gap-1 border-line border-b px-4 py-2.5 text-sm last:border-b-0">
              <TextLink href={`/deliveries/${id}`} className="[overflow-wrap:anywhere]">
                {subject}
              </TextLink>
              <span className="flex items-center justify-between gap-2 text-muted text-xs">
                <DeliveryStatusBadge status={status} isTest={isTest} />
                <RelativeTime at={createdAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
