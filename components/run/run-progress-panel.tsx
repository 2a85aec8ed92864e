import { ShareBar } from "@/components/chart/share-bar";
import { formatBytes, formatDuration, formatNumber, pluralize } from "@/components/format";
import { Panel } from "@/components/ui/panel";

interface Props {
  progress: {
    bytes: number;
    files: number | null;
    bytesPerSecond: number | null;
    lastBytes?: number | null;
    percentOfLast?: number | null;
  };
}

/** How far a run has come, compared with the last good one; the page reads it again every few seconds. */
export function RunProgressPanel({ progress }: Props) {
  const { bytes, files, bytesPerSecond, lastBytes = null, percentOfLast = null } = progress;
  const done = [formatBytes(bytes), files !== null && pluralize(files, "file")].filter(Boolean).join(", ");
  const pace =
    bytesPerSecond === null
      ? "all of it is written, the last steps are under way"
      : `${formatBytes(bytesPerSecond)} per second`;
  return (
    <Panel
      title="Progress"
      aside={percentOfLast !== null && <span className="num">{formatNumber(percentOfLast)} % of last time</span>}
    >
      <div className="flex flex-col gap-2 text-sm">
        {percentOfLast !== null && <ShareBar percent={Math.min(100, percentOfLast)} />}
        <p className="flex flex-wrap justify-between gap-x-4">
          <span className="num">
            {done} so far, {pace}
          </span>
          {lastBytes !== null && <span className="num text-muted">{outlook(bytes, bytesPerSecond, lastBytes)}</span>}
        </p>
      </div>
    </Panel>
  );
}

/** How large the last one was, and how long it takes until this one is as large. */
function outlook(bytes: number, bytesPerSecond: number | null, lastBytes: number): string {
  const last = formatBytes(lastBytes);
  if (!bytesPerSecond || bytes >= lastBytes) return `last time ${last}`;
  return `about ${formatDuration(((lastBytes - bytes) / bytesPerSecond) * 1_000)} until the ${last} of last time`;
}
