"use client";

import type { PointerEvent } from "react";
import { unpackDays } from "./packed-days";
import { type DayResult, describeDay, describeTotals, worstResult } from "./strip-days";

const HEIGHT = 18;
const LINE: Record<DayResult, { height: number; stroke: string }> = {
  success: { height: HEIGHT, stroke: "stroke-success opacity-80" },
  warning: { height: 14, stroke: "stroke-warning" },
  failure: { height: HEIGHT, stroke: "stroke-failure" },
  none: { height: 8, stroke: "stroke-line-strong" },
};
const RESULTS = Object.keys(LINE) as DayResult[];

interface Props {
  /** Of `packDays`. */
  days: string;
  label: string;
}

/**
 * One line per day, the oldest at the left; narrower where the frame of the table is. The worst result of a day sets its
 * height and colour, and the day under the pointer is said in words.
 * Rendered from its numbers on the client too, and all days of a result as one path: a list has thousands of days, and
 * an element for each was most of what the browser had to lay out.
 */
export function RunStrip({ days: packed, label }: Props) {
  const days = unpackDays(packed);
  const describe = (event: PointerEvent<HTMLSpanElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const day = days[Math.floor(((event.clientX - left) / width) * days.length)];
    event.currentTarget.title = day ? describeDay(day) : "";
  };
  return (
    <span
      role="img"
      aria-label={`${label}, ${describeTotals(days)}`}
      onPointerMove={describe}
      className="inline-flex h-[18px] w-[120px] @min-[1120px]:w-[210px]"
    >
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${days.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        shapeRendering="crispEdges"
        fill="none"
        className="size-full stroke-[3px] @min-[1120px]:stroke-[5px] [&>path]:[vector-effect:non-scaling-stroke]"
      >
        {RESULTS.map((result) => {
          const { height, stroke } = LINE[result];
          const lines = days.flatMap((day, index) =>
            worstResult(day) === result ? `M${index + 0.5} ${HEIGHT}v-${height}` : [],
          );
          return lines.length > 0 && <path key={result} d={lines.join("")} className={stroke} />;
        })}
      </svg>
    </span>
  );
}
