import type { ReactNode } from "react";
import { classNames } from "@/components/class-names";

/** Placeholder of content that is loading. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={classNames("block h-4 rounded-sm bg-hover", className)} />;
}

/** Rows of a list: of 40 px, on phones of two lines. */
export function SkeletonRows({ rows = 5 }: { rows?: number }) {
  return (
    <div aria-hidden="true">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without content
        <div key={index} className="flex h-16 items-center gap-6 border-line border-b px-4 last:border-b-0 sm:h-10">
          <Skeleton className="w-1/2 sm:w-1/4" />
          <Skeleton className="w-16" />
          <Skeleton className="hidden w-1/3 sm:block" />
        </div>
      ))}
    </div>
  );
}

/** The heading of a page and the line below it. @param title in place of the bar, where it is known */
export function SkeletonHeader({ title }: { title?: string }) {
  return (
    <div aria-hidden="true" className="min-w-0">
      {title ? (
        <p className="font-semibold text-xl tracking-tight">{title}</p>
      ) : (
        <Skeleton className="my-0.5 h-6 w-56 max-w-full" />
      )}
      <Skeleton className="mt-1.5 w-80 max-w-full" />
    </div>
  );
}

/** A section of a page. */
export function SkeletonPanel({ children }: { children: ReactNode }) {
  return (
    <div aria-hidden="true" className="min-w-0 rounded-lg border border-line bg-panel">
      {children}
    </div>
  );
}

/** A section with fields or facts below its heading. */
export function SkeletonFields({ fields }: { fields: number }) {
  return (
    <SkeletonPanel>
      <div className="flex h-12 items-center border-line border-b px-4">
        <Skeleton className="w-40" />
      </div>
      <div className="flex flex-col gap-4 p-4">
        {Array.from({ length: fields }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: fields without content
          <div key={index} className="flex flex-col gap-1.5">
            <Skeleton className="h-3 w-24" />
            <Skeleton className="h-8 w-full max-w-96" />
          </div>
        ))}
      </div>
    </SkeletonPanel>
  );
}
