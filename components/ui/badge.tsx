import type { ReactNode } from "react";
import { classNames } from "@/components/class-names";
import type { Tone } from "@/lib/core/tone";

export type BadgeTone = Tone | "neutral";
export type BadgeShape = "dot" | "square" | "triangle" | "ring" | "none";

const COLOURS: Record<BadgeTone, string> = {
  neutral: "bg-hover text-muted",
  success: "bg-success-bg text-success",
  failure: "bg-failure-bg text-failure",
  warning: "bg-warning-bg text-warning",
  info: "bg-info-bg text-info",
  system: "bg-system-bg text-system",
};

const SHAPES: Record<Exclude<BadgeShape, "none">, ReactNode> = {
  dot: <circle cx="4" cy="4" r="3" fill="currentColor" />,
  square: <rect x="1" y="1" width="6" height="6" rx="1" fill="currentColor" />,
  triangle: <path d="M4 .6 7.8 7.4H.2z" fill="currentColor" />,
  ring: <circle cx="4" cy="4" r="2.5" fill="none" stroke="currentColor" strokeWidth="1.4" />,
};

/** The shape carries the state for those who do not see the colour: a square failed, a triangle warns. */
export const SHAPE_OF_TONE: Record<BadgeTone, BadgeShape> = {
  neutral: "dot",
  success: "dot",
  failure: "square",
  warning: "triangle",
  info: "dot",
  system: "dot",
};

export function ShapeMark({ shape, className = "size-2" }: { shape: Exclude<BadgeShape, "none">; className?: string }) {
  return (
    <svg viewBox="0 0 8 8" aria-hidden="true" className={classNames("shrink-0", className)}>
      {SHAPES[shape]}
    </svg>
  );
}

interface Props {
  tone?: BadgeTone;
  shape?: BadgeShape;
  children: ReactNode;
}

/** A label with a shape and a colour. */
export function Badge({ tone = "neutral", shape = "none", children }: Props) {
  return (
    <span
      className={classNames(
        "inline-flex items-center gap-1.5 whitespace-nowrap rounded-sm px-1.5 py-px font-medium text-xs",
        COLOURS[tone],
      )}
    >
      {shape !== "none" && <ShapeMark shape={shape} />}
      {children}
    </span>
  );
}

/** Label, tone and shape of a state. */
export interface StateStyle {
  label: string;
  tone: BadgeTone;
  shape: BadgeShape;
}

/** A state in its style. A state without a style, from a damaged row, is shown as stored. */
export function StateBadge<S extends string>({ styles, state }: { styles: Record<S, StateStyle>; state: S }) {
  const style: StateStyle = Object.hasOwn(styles, state)
    ? styles[state]
    : { label: state, tone: "neutral", shape: "dot" };
  return (
    <Badge tone={style.tone} shape={style.shape}>
      {style.label}
    </Badge>
  );
}

/** A badge whose shape follows its tone. */
export function ToneBadge({ tone, children }: { tone: BadgeTone; children: ReactNode }) {
  return (
    <Badge tone={tone} shape={SHAPE_OF_TONE[tone]}>
      {children}
    </Badge>
  );
}
