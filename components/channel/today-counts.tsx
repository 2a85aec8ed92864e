import { type BadgeShape, ShapeMark } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";

export interface Today {
  sent: number;
  dead: number;
  waiting: number;
}

const FIGURES: readonly {
  key: keyof Today;
  word: string;
  shape: Exclude<BadgeShape, "none">;
  tone: string;
}[] = [
  { key: "sent", word: "sent", shape: "dot", tone: "text-success" },
  { key: "dead", word: "failed", shape: "square", tone: "text-failure" },
  { key: "waiting", word: "waiting", shape: "ring", tone: "text-warning" },
];

/** What went through a channel today, in figures; readers hear the words. Leads to the delivery log. */
export function TodayCounts({
  channelId,
  channelName,
  today,
}: {
  channelId: string;
  channelName: string;
  today: Today;
}) {
  return (
    <Link
      href={`/deliveries?channelId=${channelId}`}
      aria-label={`Today through ${channelName}: ${FIGURES.map(({ key, word }) => `${today[key]} ${word}`).join(", ")}`}
      className="num inline-flex min-h-6 items-center gap-2.5 rounded-sm text-xs hover:underline"
    >
      {FIGURES.map(({ key, word, shape, tone }) => (
        <span
          key={key}
          title={`${today[key]} ${word}`}
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
