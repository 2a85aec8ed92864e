import { type BadgeShape, ShapeMark } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";

export interface DeliveryCounts {
  sent: number;
  dead: number;
  waiting: number;
}

const FIGURES: readonly {
  key: keyof DeliveryCounts;
  label: string;
  shape: Exclude<BadgeShape, "none">;
  tone: string;
}[] = [
  { key: "sent", label: "sent", shape: "dot", tone: "text-success" },
  { key: "dead", label: "failed", shape: "square", tone: "text-failure" },
  { key: "waiting", label: "waiting", shape: "ring", tone: "text-warning" },
];

/** Deliveries of a channel today by result, with labels for screen readers. Links to the delivery log. */
export function TodayCounts({
  channelId,
  channelName,
  today,
}: {
  channelId: string;
  channelName: string;
  today: DeliveryCounts;
}) {
  return (
    <Link
      href={`/deliveries?channelId=${channelId}`}
      aria-label={`Today through ${channelName}: ${FIGURES.map(({ key, label }) => `${today[key]} ${label}`).join(", ")}`}
      className="num inline-flex min-h-6 items-center gap-2.5 rounded-sm text-xs hover:underline"
    >
      {FIGURES.map(({ key, label, shape, tone }) => (
        <span
          key={key}
          title={`${today[key]} ${label}`}
          className={`inline-flex items-center gap-1 ${today[key] > 0 ? "text-ink" : "text-faint"}`}
        >
          <span className={today[key] > 0 ? tone : "text-line-strong"}>
            <ShapeMark shape={shape} />
          </span>
          {today[key].toLocaleString("en")}
        </span>
      ))}
    </Link>
  );
}
