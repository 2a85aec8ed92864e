"use client";

import dynamic from "next/dynamic";
import type { ComponentType } from "react";
import { Note } from "./note";
import { Skeleton } from "./skeleton";

/**
 * A part of a form that is loaded when it is shown: a tab that is not the first. Where it cannot be, the rest of the form
 * stays, with all that was entered.
 */
export function lazyPart<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  return dynamic<P>(() => load().catch(() => Missing as ComponentType<P>), { loading: Waiting });
}

function Waiting() {
  return (
    <div aria-busy="true" className="flex min-h-80 flex-col gap-4 py-2">
      <Skeleton className="w-1/3" />
      <Skeleton className="w-2/3" />
      <Skeleton className="w-1/2" />
    </div>
  );
}

function Missing() {
  return (
    <Note tone="warning" title="Not loaded">
      Belfry did not answer when this part was asked for. Save what you entered once it does, and reload the page.
    </Note>
  );
}
