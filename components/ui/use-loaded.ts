"use client";

import { useCallback, useEffect, useState } from "react";
import { toast } from "./toast";

/** What a person does first on a page. */
const FIRST_TOUCH = ["pointermove", "pointerdown", "keydown", "focusin"] as const;

/** Calls once, when the person first touches the page: what a click may need is there before it. */
export function onFirstTouch(call: () => void): () => void {
  const end = () => {
    for (const kind of FIRST_TOUCH) window.removeEventListener(kind, once, true);
  };
  const once = () => {
    end();
    call();
  };
  for (const kind of FIRST_TOUCH) window.addEventListener(kind, once, true);
  return end;
}

/**
 * A part of the page that is loaded when the person first touches the page, or when it is asked for.
 * @returns the part once it is there, and what asks for it; while Belfry is not reached that says so
 */
export function useLoaded<T>(load: () => Promise<T>): [part: T | null, ask: () => void] {
  const [part, setPart] = useState<{ value: T } | null>(null);
  const get = useCallback(() => load().then((value) => setPart({ value })), [load]);
  const ask = useCallback(() => {
    get().catch(() => toast.error("Belfry did not answer. Try again in a moment.", { label: "Retry", run: ask }));
  }, [get]);
  useEffect(() => onFirstTouch(() => void get().catch(() => {})), [get]);
  return [part?.value ?? null, ask];
}
