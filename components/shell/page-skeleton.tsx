"use client";

import { Page } from "@/components/ui/page";
import { Skeleton, SkeletonFields, SkeletonHeader, SkeletonPanel, SkeletonRows } from "@/components/ui/skeleton";
import { NAVIGATION } from "./navigation";

const ROWS = 12;
const LISTS = /^\/(routing\/)?[^/]+$/;
const FORMS = /^\/(settings|profile|restore|welcome)(\/|$)|\/(new|import)(\/|$)/;

/** The outline of the page of a path, in the sizes of what comes. */
export function PageSkeleton({ path }: { path: string }) {
  const name = NAVIGATION.flatMap(({ items }) => items).find(({ href }) => href === path)?.label;
  return (
    <div role="status" aria-label={`Loading${name ? ` ${name}` : ""}`}>
      <Outline path={path} title={path === "/" ? undefined : name} />
    </div>
  );
}

function Outline({ path, title }: { path: string; title?: string }) {
  if (path === "/") return <OverviewOutline />;
  if (FORMS.test(path)) {
    return (
      <Page narrow>
        <SkeletonHeader title={title} />
        <SkeletonFields fields={3} />
        <SkeletonFields fields={4} />
      </Page>
    );
  }
  return (
    <Page>
      <SkeletonHeader title={title} />
      {LISTS.test(path) ? (
        <>
          <Skeleton className="h-8 w-72 max-w-full" />
          <SkeletonPanel>
            <SkeletonRows rows={ROWS} />
          </SkeletonPanel>
        </>
      ) : (
        <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_380px]">
          <SkeletonFields fields={5} />
          <SkeletonFields fields={3} />
        </div>
      )}
    </Page>
  );
}

function OverviewOutline() {
  return (
    <Page>
      <SkeletonHeader />
      <Skeleton className="h-8 w-96 max-w-full" />
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        {["stored", "day", "next", "notifications"].map((figure) => (
          <SkeletonPanel key={figure}>
            <div className="flex h-[92px] flex-col justify-between px-4 py-3">
              <Skeleton className="h-3 w-1/2" />
              <Skeleton className="h-6 w-1/3" />
              <Skeleton className="h-3 w-2/3" />
            </div>
          </SkeletonPanel>
        ))}
      </div>
      <SkeletonPanel>
        <SkeletonRows rows={ROWS} />
      </SkeletonPanel>
    </Page>
  );
}
