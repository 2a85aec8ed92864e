import type { ReactNode } from "react";
import { classNames } from "@/components/class-names";
import type { Tone } from "@/lib/core/tone";

const SIDE: Record<Tone | "neutral", string> = {
  neutral: "border-line-strong",
  success: "border-success",
  failure: "border-failure",
  warning: "border-warning",
  info: "border-info",
  system: "border-system",
};

interface Props {
  tone?: Tone | "neutral";
  title?: ReactNode;
  children?: ReactNode;
}

/** A note with a line at its side. */
export function Note({ tone = "neutral", title, children }: Props) {
  return (
    <div className={classNames("max-w-3xl border-l-2 py-0.5 pl-3 text-muted text-sm", SIDE[tone])}>
      {title && <p className="font-medium text-ink">{title}</p>}
      {children}
    </div>
  );
}

interface ErrorProps {
  title?: ReactNode;
  children?: ReactNode;
  /** The answer of the service. */
  detail?: ReactNode;
  /** How to fix it. */
  advice?: ReactNode;
}

/** An error with its details and advice. Announced by screen readers when it appears. */
export function ErrorNote({ title, children, detail, advice }: ErrorProps) {
  return (
    <div role="alert" className="border-failure border-l-2 py-0.5 pl-3 text-sm [overflow-wrap:anywhere]">
      {title && <p className="font-medium text-failure">{title}</p>}
      {children && <div className={title ? undefined : "text-failure"}>{children}</div>}
      {detail && <p className="mt-1 whitespace-pre-wrap font-mono text-muted text-xs">{detail}</p>}
      {advice && <p className="mt-1 text-muted">{advice}</p>}
    </div>
  );
}
