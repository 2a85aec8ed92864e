import { ValueBars } from "@/components/chart/value-bars";
import { formatBytes, formatDateTime, formatNumber, pluralize } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { Panel } from "@/components/ui/panel";
import { type TrendBackup, trendOf } from "./trend-of";

/** How large the kept backups of a job are, one after the other, and how many files they have; suspect ones are marked. */
export function BackupTrend({ backups, timezone }: { backups: readonly TrendBackup[]; timezone: string }) {
  const { points: trend, isBeforeCompression } = trendOf(backups);
  const [first, last] = [trend[0], trend.at(-1)];
  // Of a single one there is no trend.
  if (!first || !last || trend.length < 2) return null;
  const suspect = trend.filter(({ isSuspect }) => isSuspect).length;
  const marked = suspect === 0 ? "none is suspect" : `${formatNumber(suspect)} ${suspect === 1 ? "is" : "are"} suspect`;
  const size = isBeforeCompression ? "Size before compression" : "Size";
  const span = `of the last ${pluralize(trend.length, "backup")}`;
  const barsOf = (read: (one: (typeof trend)[number]) => { value: number; text: string }) =>
    trend.map((one) => {
      const { value, text } = read(one);
      const when = formatDateTime(msOf(one.createdAt) ?? 0, timezone);
      return {
        id: one.runId,
        value,
        isMarked: one.isSuspect,
        title: `${when}: ${text}${one.isSuspect ? ", suspect" : ""}`,
      };
    });
  const sizes = barsOf(({ bytes }) => ({ value: bytes, text: formatBytes(bytes) }));
  const files = trend.every((one) => one.files !== null)
    ? barsOf((one) => ({ value: one.files ?? 0, text: pluralize(one.files ?? 0, "file") }))
    : null;
  return (
    <Panel title="Trend" aside={suspect > 0 && <span className="text-warning">{suspect} suspect</span>}>
      <div className="flex flex-col gap-3 text-sm">
        <section className="flex flex-col gap-1">
          <h3 className="text-muted text-xs">
            {size} {span}
          </h3>
          <ValueBars
            bars={sizes}
            description={`${size} ${span}: from ${formatBytes(first.bytes)} to ${formatBytes(last.bytes)}; ${marked}`}
          />
        </section>
        {files && (
          <section className="flex flex-col gap-1">
            <h3 className="text-muted text-xs">Files {span}</h3>
            <ValueBars
              bars={files}
              description={`Files ${span}: from ${formatNumber(first.files ?? 0)} to ${formatNumber(last.files ?? 0)}; ${marked}`}
            />
          </section>
        )}
      </div>
    </Panel>
  );
}
