import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "./link";

interface Props {
  title: ReactNode;
  sub?: ReactNode;
  /** Beside the title: a status. */
  badge?: ReactNode;
  actions?: ReactNode;
  back?: { href: string; label: string };
}

/** Heading of a page with description, status and actions. */
export function PageHeader({ title, sub, badge, actions, back }: Props) {
  return (
    <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        {back && (
          <Link
            href={back.href}
            className="-ml-1 mb-1 inline-flex min-h-6 items-center gap-1 rounded-sm px-1 text-muted text-sm hover:text-ink"
          >
            <ArrowLeft aria-hidden="true" className="size-3.5" />
            {back.label}
          </Link>
        )}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="font-semibold text-xl tracking-tight [overflow-wrap:anywhere]">{title}</h1>
          {badge}
        </div>
        {sub && <p className="mt-0.5 text-muted [overflow-wrap:anywhere] [&_b]:font-medium [&_b]:text-ink">{sub}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
