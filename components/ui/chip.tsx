"use client";

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "@/components/class-names";

interface Props {
  children: ReactNode;
  /** Faint text after it: the service of a channel. */
  note?: ReactNode;
  strong?: boolean;
  onRemove?: () => void;
  /** Accessible name of the remove button: `Remove Ops Discord`. */
  removeLabel?: string;
}

/** A named item in a row of items. */
export function Chip({ children, note, strong, onRemove, removeLabel = "Remove" }: Props) {
  return (
    <span
      className={classNames(
        "inline-flex min-h-6 max-w-full items-center gap-1.5 rounded-md border bg-panel px-2 text-xs",
        strong ? "border-ink" : "border-line-strong",
        onRemove && "pr-0",
      )}
    >
      <span className="truncate">{children}</span>
      {note && <span className="shrink-0 text-faint">{note}</span>}
      {onRemove && (
        <button
          type="button"
          aria-label={removeLabel}
          onClick={onRemove}
          className="grid size-6 place-items-center rounded-md text-muted outline-offset-[-2px] transition-colors hover:bg-hover hover:text-ink"
        >
          <X aria-hidden="true" className="size-3" />
        </button>
      )}
    </span>
  );
}
