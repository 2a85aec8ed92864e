"use client";

import { ChevronRight } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { classNames } from "@/components/class-names";
import { useEarlyClick } from "./early/early-click";

/** A part beside the main one: open on wide screens, folded on narrow ones until it is asked for. */
export function NarrowFold({ title, children }: { title: string; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const bodyId = useId();
  return (
    <>
      <h2 className="flex min-h-12 items-center font-medium text-base">
        <span className="px-4 max-lg:hidden">{title}</span>
        <button
          {...useEarlyClick({ onClick: () => setOpen(!isOpen) })}
          type="button"
          aria-expanded={isOpen}
          aria-controls={bodyId}
          className="flex min-h-12 w-full items-center gap-2 px-4 text-left lg:hidden"
        >
          <ChevronRight
            aria-hidden="true"
            className={classNames("size-4 text-faint transition-transform", isOpen && "rotate-90")}
          />
          {title}
        </button>
      </h2>
      <div id={bodyId} className={classNames(!isOpen && "max-lg:hidden")}>
        {children}
      </div>
    </>
  );
}
