import { Facts } from "@/components/ui/facts";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import type { DeliveryKind } from "@/lib/core/delivery";

interface Props {
  delivery: {
    kind: DeliveryKind;
    step: number;
    isTest: boolean;
    event: { id: string; name: string; subjectName: string };
    recipient: string | null;
    receipt: string | null;
    /** Milliseconds. */
    createdAt: number;
    settledAt: number | null;
    giveUpAt: number | null;
  };
}

const KINDS: Record<DeliveryKind, string> = {
  initial: "First initial",
  recovery: "Recovered",
  reminder: "Reminder",
  digest: "Digest of several",
  test: "Test with sample data",
  update: "Update of a problem at the service",
};

/** The plain facts of one delivery. */
export function DeliveryFacts({ delivery }: Props) {
  const { event, kind, step, isTest } = delivery;
  return (
    <Panel title="About">
      <Facts
        items={[
          { label: "Event", value: event.name },
          { label: "Subject", value: event.subjectName },
          { label: "Kind", value: kind === "reminder" ? `${KINDS[kind]} ${step}` : KINDS[kind] },
          { label: "To", value: delivery.recipient },
          { label: "Created", value: <RelativeTime at={delivery.createdAt} format="full" /> },
          { label: "Settled", value: delivery.settledAt && <RelativeTime at={delivery.settledAt} format="full" /> },
          { label: "Given up after", value: delivery.giveUpAt && <RelativeTime at={delivery.giveUpAt} /> },
          {
            label: "Receipt",
            value: delivery.receipt && <span className="font-mono text-xs">{delivery.receipt}</span>,
          },
          {
            label: "Others",
            value: !isTest && (
              <TextLink href={`/deliveries?eventId=${event.id}`}>RoutingPreview else was told of this event</TextLink>
            ),
          },
        ]}
      />
    </Panel>
  );
}
