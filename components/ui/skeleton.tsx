import { classNames } from "@/components/class-names";

/** Placeholder of content that is loading. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={classNames("block h-4 rounded-sm bg-hover", className)} />;
}

export function SkeletonRows({ rows = 5 }: { rows?: number }) {
  return (
    <div aria-hidden="true">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without content
        <div key={index} className="flex h-10 items-center gap-6 border-line border-b px-4 last:border-b-0">
          <Skeleton className="w-1/4" />
          <Skeleton className="w-16" />
          <Skeleton className="w-1/3" />
        </div>
      ))}
    </div>
  );
}
