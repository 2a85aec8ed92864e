import { DeliveryStatusBadge } from "@/components/status/delivery-status-badge";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import type { DeliveryStatus } from "@/lib/core/delivery";

interface Props {
  title: string;
  /** Where all of them are. */
  allHref: string;
  deliveries: readonly {
    id: string;
    title: string;
    status: DeliveryStatus;
    isTest: boolean;
    /** Milliseconds. */
    createdAt: number;
  }[];
}

/** The last few deliveries of a thing, each with the way to its page. */
export function DeliveryBrief({ title, allHref, deliveries }: Props) {
  return (
    <Panel
      title={title}
      padded={false}
      footer={deliveries.length > 0 ? <TextLink href={allHref}>All in the delivery log</TextLink> : undefined}
    >
      {deliveries.length === 0 ? (
        <p className="p-4 text-muted text-sm">None yet.</p>
      ) : (
        <ul>
          {deliveries.map(({ id, title: words, status, isTest, createdAt }) => (
            <li key={id} className="flex flex-col gap-1 border-line border-b px-4 py-2.5 text-sm last:border-b-0">
              <TextLink href={`/deliveries/${id}`} className="[overflow-wrap:anywhere]">
                {words}
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
