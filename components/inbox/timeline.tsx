import type { ReactNode } from "react";
import { classNames } from "@/components/class-names";
import { DELIVERY_KIND_LABEL } from "@/components/delivery/delivery-kind-labels";
import { formatDateTime, formatDayTime, pluralize } from "@/components/format";
import { DeliveryStatusBadge } from "@/components/status/delivery-status-badge";
import { ShapeMark } from "@/components/ui/badge";
import { TextLink } from "@/components/ui/link-button";
import type { AlertResolution } from "@/lib/core/alert";
import type { DeliveryKind, ShownStatus } from "@/lib/core/delivery";

/** One thing that happened to an alert; what does not apply is null. Times are ISO 8601. */
export interface TimelineItem {
  kind:
    | "occurred"
    | "recovered"
    | "notified"
    | "not_notified"
    | "acknowledged"
    | "snoozed"
    | "snooze_ended"
    | "resolved";
  at: string;
  eventName: string;
  eventId: string | null;
  title: string | null;
  message: string | null;
  deliveryId: string | null;
  channelName: string | null;
  deliveryKind: DeliveryKind | null;
  deliveryStatus: ShownStatus | null;
  settledAt: string | null;
  reason: string | null;
  by: string | null;
  until: string | null;
  resolution: AlertResolution | null;
}

interface Props {
  items: readonly TimelineItem[];
  /** Occurrences that are left out after the first. */
  omitted: number;
  timezone: string;
}

const LOOK = {
  occurred: { shape: "square", colour: "text-failure" },
  recovered: { shape: "dot", colour: "text-success" },
  notified: { shape: "ring", colour: "text-muted" },
  not_notified: { shape: "ring", colour: "text-faint" },
  acknowledged: { shape: "dot", colour: "text-info" },
  snoozed: { shape: "ring", colour: "text-info" },
  snooze_ended: { shape: "ring", colour: "text-info" },
  resolved: { shape: "dot", colour: "text-success" },
} as const;

/** Everything that happened to an alert, the first on top. */
export function Timeline({ items, omitted, timezone }: Props) {
  const first = items.findIndex(({ kind }) => kind === "occurred");
  return (
    <ol aria-label="Timeline" className="flex flex-col gap-3.5 text-sm">
      {items.map((item, index) => {
        const { shape, colour } = LOOK[item.kind];
        const at = Date.parse(item.at);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two steps may be alike, and the order never changes
          <li key={index} className="grid grid-cols-[auto_1fr] gap-x-2.5 sm:grid-cols-[190px_auto_1fr]">
            <time dateTime={item.at} className="num col-start-2 text-faint text-xs leading-5 sm:col-start-1">
              {formatDateTime(at, timezone)}
            </time>
            <ShapeMark
              shape={shape}
              className={classNames("col-start-1 row-start-1 mt-1.5 size-2 sm:col-start-2", colour)}
            />
            <div className="col-start-2 min-w-0 [overflow-wrap:anywhere] sm:col-start-3 sm:row-start-1">
              <StepText item={item} isFirst={index === first} timezone={timezone} />
              {index === first && omitted > 0 && (
                <p className="mt-1 text-faint text-xs">
                  {pluralize(omitted, "later occurrence")} {omitted === 1 ? "is" : "are"} not listed.
                </p>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

function StepText({ item, isFirst, timezone }: { item: TimelineItem; isFirst: boolean; timezone: string }): ReactNode {
  const who = item.by || "a person";
  switch (item.kind) {
    case "occurred":
    case "recovered":
      return (
        <>
          <p>
            {item.kind === "recovered" ? "" : isFirst ? "First seen: " : "Again: "}
            <b className="font-medium">{item.title}</b>
          </p>
          {item.message && <p className="whitespace-pre-wrap text-muted">{item.message}</p>}
        </>
      );
    case "notified":
      return <Notified item={item} timezone={timezone} />;
    case "not_notified":
      return (
        <>
          <p className="text-muted">Not sent through {item.channelName}</p>
          <p className="text-muted text-xs">{item.reason}</p>
        </>
      );
    case "acknowledged":
      return `Acknowledged by ${who}`;
    case "snoozed":
      return `Snoozed by ${who}${item.until ? ` until ${formatDayTime(Date.parse(item.until), timezone)}` : ""}`;
    case "snooze_ended":
      return `Snooze ended by ${who}`;
    case "resolved":
      return resolvedText(item);
  }
}

function Notified({ item, timezone }: { item: TimelineItem; timezone: string }) {
  const { deliveryKind, deliveryStatus, settledAt, reason } = item;
  const begun = formatDateTime(Date.parse(item.at), timezone);
  const settled = settledAt ? formatDateTime(Date.parse(settledAt), timezone) : begun;
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span>
          {deliveryKind ? DELIVERY_KIND_LABEL[deliveryKind] : "Notification"} to{" "}
          <TextLink href={`/deliveries/${item.deliveryId}`}>{item.channelName}</TextLink>
        </span>
        {deliveryStatus && <DeliveryStatusBadge status={deliveryStatus} />}
        {settled !== begun && <span className="text-faint text-xs">{settled}</span>}
      </p>
      {reason && <p className="text-muted text-xs">{reason}</p>}
    </>
  );
}

function resolvedText({ by, resolution }: TimelineItem): string {
  switch (resolution) {
    case "subject_removed":
      return "Closed because its subject was removed";
    case "subject_disabled":
      return "Closed because its subject was disabled";
    case "copied":
      return "Closed because it is the alert of another installation";
    case "person":
      return `Resolved by ${by || "a person"}`;
    default:
      return by ? `Resolved by the event ${by}` : "Resolved";
  }
}
