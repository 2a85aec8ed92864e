import type { ReactNode } from "react";
import { Logo } from "./logo";

interface Props {
  title: string;
  sub?: ReactNode;
  children: ReactNode;
  /** Small print below the card. */
  footer?: ReactNode;
}

/** A page outside the console: sign-in, setup, invitation, error. */
export function StandalonePage({ title, sub, children, footer }: Props) {
  return (
    <main id="main" className="grid min-h-dvh content-start justify-items-center gap-6 px-4 pt-[12vh] pb-12">
      <p className="inline-flex items-center gap-2 font-semibold text-lg tracking-tight">
        <Logo className="size-6" />
        Belfry
      </p>
      <div className="w-full max-w-[400px] rounded-lg border border-line bg-panel p-6">
        <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
        {sub && <p className="mt-1 text-muted text-sm">{sub}</p>}
        <div className="mt-5">{children}</div>
      </div>
      {footer && <div className="max-w-[400px] text-center text-muted text-xs">{footer}</div>}
    </main>
  );
}
