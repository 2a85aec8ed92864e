import type { ReactNode } from "react";
import { classNames } from "@/components/class-names";
import type { Tone } from "@/lib/core/tone";
import { Link } from "./link";

const COLOUR: Record<Tone, string> = {
  success: "text-success",
  failure: "text-failure",
  warning: "text-warning",
  info: "text-info",
  system: "text-system",
};

interface Props {
  label: string;
  value: ReactNode;
  /** Small, after the value: `/ 58`, `TB`. */
  unit?: ReactNode;
  note?: ReactNode;
  href?: string;
  tone?: Tone;
}

/** One key figure. */
export function Stat({ label, value, unit, note, href, tone }: Props) {
  const content = (
    <>
      {/* Grows, so that the values of a row align when one label wraps. */}
      <span className="flex-1 text-muted text-xs">{label}</span>
      <span className={classNames("truncate font-semibold text-xl tracking-tight sm:text-2xl", tone && COLOUR[tone])}>
        {typeof value === "number" ? value.toLocaleString("en") : value}
        {unit && <span className="ml-1.5 font-medium text-base text-faint">{unit}</span>}
      </span>
      {note && <span className="truncate text-muted text-xs">{note}</span>}
    </>
  );
  const look = "flex min-w-0 flex-col rounded-lg border border-line bg-panel px-4 py-3";
  return href ? (
    <Link href={href} className={classNames(look, "transition-colors hover:border-line-strong")}>
      {content}
    </Link>
  ) : (
    <div className={look}>{content}</div>
  );
}

/** Key figures in rows of four, on phones of two. */
export function StatGrid({ children }: { children: ReactNode }) {
  return <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">{children}</div>;
}
