import type { ReactNode } from "react";

interface Props {
  title?: ReactNode;
  /** One sentence. */
  children: ReactNode;
  /** The button that creates the first item. */
  action?: ReactNode;
}

/** Shown in place of an empty list. */
export function EmptyState({ title, children, action }: Props) {
  return (
    <div className="flex flex-col items-center gap-1 px-6 py-12 text-center">
      {title && <p className="font-medium">{title}</p>}
      <p className="max-w-md text-balance text-muted text-sm">{children}</p>
      {action && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
