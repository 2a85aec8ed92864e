import { AreaChart } from "@/components/chart/area-chart";
import { formatBytes, formatDay, pluralize } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { Panel } from "@/components/ui/panel";
import { type StorageThreshold, usedPercent } from "@/lib/core/storage";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** More points than that are less than a pixel apart. */
const MOST_POINTS = 360;

interface Props {
  title?: string;
  samples: readonly { at: string; usedBytes: number; freeBytes: number }[];
  forecast: { overDays: number; bytesPerDay: number; fullAt: string | null } | null;
  threshold: StorageThreshold | null;
  timezone: string;
  /** Milliseconds. */
  now: number;
}

/** How full a location was over the last 90 days, and when it will be full; nothing before it was measured. */
export function StoragePanel({ title = "Space", samples, forecast, threshold, timezone, now }: Props) {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return null;
  const total = last.usedBytes + last.freeBytes;
  // It may have been larger once.
  const most = samples.reduce((sum, { usedBytes, freeBytes }) => Math.max(sum, usedBytes + freeBytes), 1);
  const every = Math.ceil(samples.length / MOST_POINTS);
  // Counted from the end, so that the last one is always among them.
  const shown = samples.filter((_, index) => (samples.length - 1 - index) % every === 0);
  const measured = shown.map(({ at, usedBytes }) => ({ at: msOf(at), value: usedBytes }));
  // The last one stands for its hour; what was not measured since is not drawn.
  const points = [...measured, { at: Math.min(now, msOf(last.at) + HOUR_MS), value: last.usedBytes }];
  const from = Math.min(points[0]?.at ?? now, now - DAY_MS);
  const limit = threshold && ("percent" in threshold ? (total * threshold.percent) / 100 : total - threshold.freeBytes);
  const use = `${formatBytes(last.usedBytes)} of ${formatBytes(total)} used (${Math.floor(usedPercent(last))} %)`;
  const days = Math.max(1, Math.round((now - msOf(first.at)) / DAY_MS));
  return (
    <Panel title={title} aside={use}>
      <div className="flex flex-col gap-3">
        <AreaChart
          points={points}
          most={most}
          from={from}
          to={now}
          {...(limit === null ? {} : { limit })}
          description={`Used space over ${pluralize(days, "day")}: from ${formatBytes(first.usedBytes)} to ${formatBytes(last.usedBytes)} of ${formatBytes(total)}.`}
        />
        <div className="flex justify-between gap-4 text-faint text-xs">
          <span>{formatDay(from, timezone)}</span>
          {limit !== null && <span className="text-warning">– – Storage Low</span>}
          <span>today</span>
        </div>
        <p className="text-muted text-sm">{outlook(forecast, timezone, now)}</p>
      </div>
    </Panel>
  );
}

/** What the forecast says, in a sentence. */
function outlook(forecast: Props["forecast"], timezone: string, now: number): string {
  if (!forecast) return "When it will be full is said once it has been measured for three days.";
  const { overDays, bytesPerDay, fullAt } = forecast;
  const history = `over the last ${pluralize(overDays, "day")}`;
  const growth = `${formatBytes(Math.abs(bytesPerDay))} a day ${history}`;
  if (bytesPerDay < 0) return `It became less by ${growth}.`;
  if (bytesPerDay === 0) return `It did not grow ${history}.`;
  const full = msOf(fullAt);
  if (full === null) return `It grew by ${growth}: at this pace it is not full within two years.`;
  const days = Math.round((full - now) / DAY_MS);
  const when = days < 1 ? "within a day" : `in ${pluralize(days, "day")}, on ${formatDay(full, timezone)}`;
  return `It grew by ${growth}: at this pace it is full ${when}.`;
}
