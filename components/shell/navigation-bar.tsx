"use client";

import { useLinkStatus } from "next/link";
import { usePending, usePendingHref } from "./pending-page";

/** In every link: notes that it is followed until its page is there. */
export function LinkProgress({ href }: { href: string }) {
  usePending(useLinkStatus().pending, href);
  return null;
}

/** A thin line over the page while the next one is on its way. It appears after 150 ms, so that most pages never show it. */
export function NavigationBar() {
  if (usePendingHref() === null) return null;
  return (
    <div
      role="progressbar"
      aria-label="Loading the page"
      className="pointer-events-none fixed inset-x-0 top-0 z-50 h-0.5"
    >
      <div className="h-full origin-left animate-progress bg-primary" />
    </div>
  );
}
