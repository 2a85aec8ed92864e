"use client";

import dynamic from "next/dynamic";
import type { ComponentType } from "react";
import { Note } from "./note";
import { Skeleton } from "./skeleton";

const AGAIN_MS = 2_000;
/** A minute: longer than a restart of Belfry. After an upgrade its parts have other names. */
const MOST_FAILURES = 30;

/**
 * A part of a form that is loaded when it is shown: a tab that is not the first. Without a connection it is waited for. Where it
 * cannot be loaded, the rest of the form stays, with all that was entered.
 */
export function lazyPart<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  return dynamic<P>(() => loadPatiently(load), { loading: Waiting });
}

async function loadPatiently<P>(load: () => Promise<ComponentType<P>>): Promise<ComponentType<P>> {
  for (let failures = 0; ; ) {
    try {
      return await load();
    } catch {
      if (window.navigator.onLine) failures += 1;
      if (failures === MOST_FAILURES) return Missing as ComponentType<P>;
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }
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
