import { formatDuration } from "@/components/format";
import type { RunStatus } from "@/lib/core/run";

interface Bar {
  id: string;
  status: RunStatus;
  durationMs: number | null;
  /** When it started, in words of its reader. */
  when: string;
}

interface Props {
  /** The newest last. */
  bars: readonly Bar[];
  /** The same in words. */
  description: string;
}

const PITCH = 7;
const WIDTH = 5;
const HEIGHT = 44;
const LEAST = 4;
/** Few bars are no wider than those of many. */
const LEAST_SLOTS = 60;
/** How many fill the chart. */
export const MOST_BARS = 90;

const FILL: Record<RunStatus, string> = {
  queued: "fill-line-strong",
  running: "fill-info",
  success: "fill-success opacity-80",
  warning: "fill-warning",
  failure: "fill-failure",
  canceled: "fill-line-strong",
};

/** One bar for each run, as high as it took long and in the colour of its result; drawn on the server, without a script. */
export function RunBars({ bars, description }: Props) {
  const longest = Math.max(1, ...bars.map(({ durationMs }) => durationMs ?? 0));
  const width = Math.max(bars.length, LEAST_SLOTS) * PITCH;
  return (
    <svg role="img" aria-label={description} viewBox={`0 0 ${width} ${HEIGHT}`} className="h-auto w-full">
      {bars.map(({ id, status, durationMs, when }, index) => {
        // By the square root: a run of an hour leaves those of a minute visible.
        const height = LEAST + Math.sqrt((durationMs ?? 0) / longest) * (HEIGHT - LEAST);
        return (
          <rect
            key={id}
            x={index * PITCH}
            y={Math.round((HEIGHT - height) * 10) / 10}
            width={WIDTH}
            height={Math.round(height * 10) / 10}
            rx={1}
            className={FILL[status]}
          >
            <title>{`${when}: ${status}${durationMs === null ? "" : `, ${formatDuration(durationMs)}`}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
