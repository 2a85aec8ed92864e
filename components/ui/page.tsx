import type { ReactNode } from "react";

/** The content column of a page with standard spacing. `narrow`: forms. */
export function Page({ narrow, children }: { narrow?: boolean; children: ReactNode }) {
  return <div className={`flex flex-col gap-5 ${narrow ? "max-w-[720px]" : ""}`}>{children}</div>;
}

/** A wide and a narrow column, stacked on narrow screens. `sideFirst`: there the narrow one stands above. */
export function Columns({ children, side, sideFirst }: { children: ReactNode; side: ReactNode; sideFirst?: boolean }) {
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_380px]">
      <div className="flex min-w-0 flex-col gap-5">{children}</div>
      <div className={`flex min-w-0 flex-col gap-5 ${sideFirst ? "max-lg:order-first" : ""}`}>{side}</div>
    </div>
  );
}
