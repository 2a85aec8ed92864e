import { ValueBars } from "@/components/chart/value-bars";
import { formatDay, formatLatency, formatNumber, pluralize } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { Panel } from "@/components/ui/panel";

interface Day {
  /** `2026-11-20` */
  day: string;
  sent: number;
  failed: number;
  latencyMs: number | null;
  slowestMs: number | null;
  wasFailing: boolean;
}

interface Props {
  /** Oldest first. */
  days: readonly Day[];
  /** Since when every attempt is counted; null: all are. */
  from: string | null;
  timezone: string;
}

/** How fast the service answered on each of the last days, and how many attempts failed; nothing before anything was sent. */
export function ChannelHistoryPanel({ days, from, timezone }: Props) {
  const sent = days.reduce((sum, day) => sum + day.sent, 0);
  const failed = days.reduce((sum, day) => sum + day.failed, 0);
  if (sent + failed === 0) return null;
  const failing = days.filter(({ wasFailing }) => wasFailing).length;
  const slowest = Math.max(0, ...days.map(({ slowestMs }) => slowestMs ?? 0));
  const latency = days.map(({ day, latencyMs, slowestMs, wasFailing }) => ({
    id: day,
    value: latencyMs ?? 0,
    isMarked: wasFailing,
    title: `${nameOf(day)}: ${latencyMs === null ? "nothing sent" : `${formatLatency(latencyMs)} on average, ${formatLatency(slowestMs ?? 0)} at most`}${wasFailing ? ", failing" : ""}`,
  }));
  const failures = days.map(({ day, failed: count, wasFailing }) => ({
    id: day,
    value: count,
    isMarked: count > 0,
    title: `${nameOf(day)}: ${pluralize(count, "failed attempt")}${wasFailing ? ", failing" : ""}`,
  }));
  return (
    <Panel title="Last 30 days">
      <div className="flex flex-col gap-3 text-sm">
        <Figure title="Time to answer" value={sent > 0 ? `${formatLatency(slowest)} at most` : "nothing sent"}>
          <ValueBars
            bars={latency}
            description={`Time to answer of ${pluralize(sent, "sent attempt")}: ${formatLatency(slowest)} at most`}
          />
        </Figure>
        <Figure title="Failed attempts" value={`${formatNumber(failed)} of ${formatNumber(sent + failed)}`}>
          <ValueBars
            bars={failures}
            description={`${pluralize(failed, "failed attempt")} of ${formatNumber(sent + failed)}`}
          />
        </Figure>
        {failing > 0 && <p className="text-warning text-xs">Failing on {pluralize(failing, "day")}.</p>}
        {from !== null && (
          <p className="text-faint text-xs">
            Of the last 10,000 deliveries, since {formatDay(msOf(from) ?? 0, timezone)}.
          </p>
        )}
      </div>
    </Panel>
  );
}

function Figure({ title, value, children }: { title: string; value: string; children: React.ReactNode }) {
  return (
    <section className="flex flex-col gap-1">
      <h3 className="flex justify-between gap-4 text-muted text-xs">
        <span>{title}</span>
        <span className="num">{value}</span>
      </h3>
      {children}
    </section>
  );
}

/** A day is the same in every zone. */
function nameOf(day: string): string {
  return formatDay(Date.parse(`${day}T00:00:00Z`), "UTC");
}
