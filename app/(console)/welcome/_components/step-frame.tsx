"use client";

import { useSearchParams } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";

/**
 * One step. When another one opens, or another service within it, the focus moves to its heading: where it was is gone,
 * and a reader of the screen hears what is asked now.
 */
export function StepFrame({ step, children }: { step: string; children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const shown = `${step} ${useSearchParams().get("provider") ?? ""}`;
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    // Of a service its own, which is below that of the step.
    const heading = frame.current?.querySelector<HTMLElement>("h3") ?? frame.current?.querySelector<HTMLElement>("h2");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus();
  }, [shown]);
  return (
    <div ref={frame} className="flex flex-col gap-5 [&_:is(h2,h3)]:outline-none">
      {children}
    </div>
  );
}
