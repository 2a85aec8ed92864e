"use client";

import { classNames } from "@/components/class-names";
import { type DayResult, describeDay, describeTotals, type StripDay, worstResult } from "./strip-days";

const CELL: Record<DayResult, string> = {
  success: "h-[18px] bg-success opacity-80",
  warning: "h-3.5 bg-warning",
  failure: "h-[18px] bg-failure",
  none: "h-2 bg-line-strong",
};

/**
 * One cell per day, the oldest at the left; narrower where the frame of the table is. The worst result of a day sets its
 * height and colour.
 * Rendered from its numbers on the client too: a list has thousands of cells, and each would be sent a second time as an
 * element of the server's.
 */
export function RunStrip({ days, label }: { days: readonly StripDay[]; label: string }) {
  return (
    <span
      role="img"
      aria-label={`${label}, ${describeTotals(days)}`}
      className="inline-flex h-[18px] items-end gap-px @min-[1120px]:gap-0.5"
    >
      {days.map((day) => (
        <span
          key={day.day}
          title={describeDay(day)}
          className={classNames("w-[3px] rounded-xs @min-[1120px]:w-[5px]", CELL[worstResult(day)])}
        />
      ))}
    </span>
  );
}
