import { Facts } from "@/components/ui/facts";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import type { DeliveryKind } from "@/lib/core/delivery";
import { DELIVERY_KIND_LABEL } from "./delivery-kind-labels";

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

/** Properties of one delivery. */
export function DeliveryFacts({ delivery }: Props) {
  const { event, kind, step, isTest } = delivery;
  return (
    <Panel title="About">
      <Facts
        items={[
          { label: "Event", value: event.name },
          { label: "Subject", value: event.subjectName },
          {
            label: "Kind",
            value: kind === "reminder" ? `${DELIVERY_KIND_LABEL[kind]} ${step}` : DELIVERY_KIND_LABEL[kind],
          },
          { label: "Recipient", value: delivery.recipient },
          { label: "Created", value: <RelativeTime at={delivery.createdAt} format="full" /> },
          { label: "Completed", value: delivery.settledAt && <RelativeTime at={delivery.settledAt} format="full" /> },
          { label: "Expires", value: delivery.giveUpAt && <RelativeTime at={delivery.giveUpAt} /> },
          {
            label: "Receipt",
            value: delivery.receipt && <span className="font-mono text-xs">{delivery.receipt}</span>,
          },
          {
            label: "Related",
            value: !isTest && (
              <TextLink href={`/deliveries?eventId=${event.id}`}>All deliveries of this event</TextLink>
            ),
          },
        ]}
      />
    </Panel>
  );
}
