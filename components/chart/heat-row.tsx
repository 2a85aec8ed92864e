"use client";

import { describeDay, describeTotals, type StripDay, worstResult } from "@/components/status/strip-days";

interface Props {
  days: readonly StripDay[];
  /** What they are the days of. */
  label: string;
  /** Of many jobs one almost always fails: the share of those that failed is shown, and not the worst of them. */
  isOfMany?: boolean;
}

const PITCH = 10;
const WIDTH = 8;
const HEIGHT = 20;
const NO_RUN = { height: 2, fill: "fill-line-strong" };

/**
 * One row of a heat map: a cell for each day, the oldest at the left. A failure is darkest, a warning lower, a success pale, so
 * that the row is read without its colors too.
 * Drawn on the server, from its numbers on the client: each cell would be sent a second time as an element of the server's.
 */
export function HeatRow({ days, label, isOfMany = false }: Props) {
  return (
    <svg
      role="img"
      aria-label={`${label}, ${describeTotals(days)}`}
      viewBox={`0 0 ${days.length * PITCH - (PITCH - WIDTH)} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="block h-5 w-full"
    >
      {days.map((day, index) => {
        const { height, fill } = isOfMany ? lookOfMany(day) : lookOf(day);
        return (
          <rect key={day.day} x={index * PITCH} y={HEIGHT - height} width={WIDTH} height={height} className={fill}>
            <title>{describeDay(day)}</title>
          </rect>
        );
      })}
    </svg>
  );
}

function lookOf(day: StripDay) {
  return {
    failure: { height: HEIGHT, fill: "fill-failure" },
    warning: { height: 14, fill: "fill-warning" },
    success: { height: HEIGHT, fill: "fill-success opacity-40" },
    none: NO_RUN,
  }[worstResult(day)];
}

function lookOfMany(day: StripDay) {
  const total = day.success + day.warning + day.failure;
  const failed = day.failure / total;
  if (total === 0) return NO_RUN;
  if (failed >= 0.2) return { height: HEIGHT, fill: "fill-failure" };
  if (failed >= 0.05) return { height: HEIGHT, fill: "fill-failure opacity-70" };
  if (failed > 0) return { height: HEIGHT, fill: "fill-failure opacity-40" };
  return lookOf(day);
}
