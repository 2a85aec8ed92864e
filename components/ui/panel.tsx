import type { ReactNode } from "react";
import { classNames } from "@/components/class-names";

interface Props {
  title?: ReactNode;
  /** At the right of the header: buttons, a select, short text. */
  aside?: ReactNode;
  footer?: ReactNode;
  /** Off for tables and lists, which bring their own. */
  padded?: boolean;
  headingLevel?: 2 | 3;
  id?: string;
  className?: string;
  children: ReactNode;
}

/** A bordered section of a page. Do not nest panels. */
export function Panel({ title, aside, footer, padded = true, headingLevel = 2, id, className, children }: Props) {
  const Heading = headingLevel === 2 ? "h2" : "h3";
  return (
    <section id={id} className={classNames("min-w-0 rounded-lg border border-line bg-panel", className)}>
      {(title !== undefined || aside !== undefined) && (
        <header className="flex min-h-12 flex-wrap items-center justify-between gap-x-4 gap-y-2 border-line border-b px-4 py-2">
          <Heading className="font-medium text-base">{title}</Heading>
          {aside !== undefined && (
            <div className="flex min-w-0 flex-wrap items-center gap-2 text-muted text-sm">{aside}</div>
          )}
        </header>
      )}
      <div className={padded ? "p-4" : undefined}>{children}</div>
      {footer !== undefined && <footer className="border-line border-t px-4 py-2.5 text-sm">{footer}</footer>}
    </section>
  );
}
