"use client";

import { type KeyboardEvent, type MouseEvent, type PointerEvent, useState } from "react";
import { useGoTo } from "@/components/shell/pending-page";
import { unpackDays } from "@/components/status/packed-days";
import { describeDay, describeTotals, type StripDay, worstResult } from "@/components/status/strip-days";

interface Props {
  /** Of `packDays`. */
  days: string;
  /** What they are the days of. */
  label: string;
  /** The job whose runs of a day a cell leads to; those of all jobs when left out. */
  jobId?: string;
  /** Of many jobs one almost always fails: the share of those that failed is shown, and not the worst of them. */
  isOfMany?: boolean;
}

const PITCH = 10;
const WIDTH = 8;
const HEIGHT = 20;
const SVG = "http://www.w3.org/2000/svg";
const NO_RUN = { height: 2, fill: "fill-line-strong" };

/**
 * One row of a heat map: a cell for each day, the oldest at the left. A failure is darkest, a warning lower, a success pale, so
 * that the row is read without its colors too.
 * Each day with runs leads to them. A row is one stop of the Tab key, and the arrow keys go from day to day: to pass
 * forty rows takes no thousand keys.
 * Drawn on the server, from its numbers on the client: each cell would be sent a second time as an element of the server's.
 */
export function HeatRow({ days: packed, label, jobId, isOfMany = false }: Props) {
  const goTo = useGoTo();
  const days = unpackDays(packed);
  const linked = days.flatMap((day, index) => (worstResult(day) === "none" ? [] : [index]));
  const [chosen, setChosen] = useState<number>();
  const stop = chosen !== undefined && linked.includes(chosen) ? chosen : linked.at(-1);
  const onKeyDown = (event: KeyboardEvent<SVGSVGElement>) => {
    const next = stop === undefined ? undefined : stepTo(event.key, linked, stop);
    if (next === undefined) return;
    event.preventDefault();
    setChosen(next);
    event.currentTarget.querySelectorAll("a")[linked.indexOf(next)]?.focus();
  };
  const onClick = (event: MouseEvent<SVGSVGElement>) => {
    const link = (event.target as Element).closest("a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goTo(link.getAttribute("href") ?? "");
  };
  // What a day was is written below the pointer only: in each of a thousand cells it would be a third of the page.
  const onPointerOver = ({ target }: PointerEvent<SVGSVGElement>) => {
    if (!(target instanceof SVGRectElement)) return;
    const day = days[Math.round(target.x.baseVal.value / PITCH)];
    const title = target.querySelector("title") ?? target.appendChild(document.createElementNS(SVG, "title"));
    title.textContent = day ? describeDay(day) : "";
  };
  return (
    <svg
      role={linked.length > 0 ? "group" : "img"}
      aria-label={`${label}, ${describeTotals(days)}`}
      viewBox={`0 0 ${days.length * PITCH - (PITCH - WIDTH)} ${HEIGHT}`}
      preserveAspectRatio="none"
      onKeyDown={onKeyDown}
      onClick={onClick}
      onPointerOver={onPointerOver}
      className="block h-5 w-full overflow-visible [&>a:hover]:opacity-70 [&>a]:outline-offset-1"
    >
      {days.map((day, index) => {
        const { height, fill } = isOfMany ? lookOfMany(day) : lookOf(day);
        const cell = (
          <rect key={day.day} x={index * PITCH} y={HEIGHT - height} width={WIDTH} height={height} className={fill} />
        );
        if (!linked.includes(index)) return cell;
        return (
          <a
            key={day.day}
            href={runsOf(day.day, jobId)}
            aria-label={describeDay(day)}
            tabIndex={index === stop ? 0 : -1}
            onFocus={() => setChosen(index)}
          >
            {cell}
          </a>
        );
      })}
    </svg>
  );
}

/** The list of the runs of one day. */
function runsOf(day: string, jobId: string | undefined): string {
  return `/runs?${new URLSearchParams({ ...(jobId && { jobId }), from: day, to: day })}`;
}

/** The day that a key leads to; undefined for any other key. */
function stepTo(key: string, linked: readonly number[], stop: number): number | undefined {
  const at = linked.indexOf(stop);
  if (key === "ArrowLeft") return linked[Math.max(0, at - 1)];
  if (key === "ArrowRight") return linked[Math.min(linked.length - 1, at + 1)];
  if (key === "Home") return linked[0];
  return key === "End" ? linked.at(-1) : undefined;
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
