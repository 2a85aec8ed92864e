"use client";

import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useState } from "react";
import { useConnection } from "@/components/action/connection";
import { useLoaded } from "@/components/ui/use-loaded";
import { usePendingHref } from "./pending-page";

/** What comes sooner needs nothing in its place. */
const SHOWN_AFTER_MS = 300;

const loadSkeleton = () => import("./page-skeleton").then(({ PageSkeleton }) => PageSkeleton);

/**
 * The page, and in its place the outline of the next one while that is on its way: not on a first load, which has its page,
 * and not while Belfry is not reached, which leaves the page that is there. What was entered in it stays.
 */
export function PageFrame({ children }: { children: ReactNode }) {
  const next = useLatePage();
  const [Skeleton] = useLoaded(loadSkeleton);
  const isShown = next !== null && Skeleton !== null;
  useEffect(() => {
    if (isShown) window.scrollTo(0, 0);
  }, [isShown]);
  return (
    <>
      <div hidden={isShown}>{children}</div>
      {isShown && <Skeleton path={next} />}
    </>
  );
}

/** The path of another page that has been on its way for a while; null: none. */
function useLatePage(): string | null {
  const href = usePendingHref();
  const path = usePathname();
  const { isLost } = useConnection();
  const [late, setLate] = useState<string | null>(null);
  const next = href === null ? null : pathOf(href, path);
  useEffect(() => {
    if (next === null) return;
    const timer = setTimeout(() => setLate(next), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [next]);
  return next !== null && next === late && next !== path && !isLost ? next : null;
}

/** Filters and pages of a list stay on its path. */
function pathOf(href: string, path: string): string {
  return new URL(href, `http://belfry${path}`).pathname;
}
