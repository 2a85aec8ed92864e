"use client";

import { classNames } from "@/components/class-names";
import { Button } from "@/components/ui/button";

interface Props {
  isNew: boolean;
  pending: boolean;
  /** As wide as a form without a side column. */
  isNarrow: boolean;
  onReset: () => void;
}

export function JobSaveBar({ isNew, pending, isNarrow, onReset }: Props) {
  return (
    <div
      className={classNames(
        "sticky bottom-3 z-10 flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line-strong bg-panel px-4 py-2.5 shadow-float",
        isNarrow && "max-w-[720px]",
      )}
    >
      <span className="text-muted text-sm">{isNew ? "Nothing runs before it is saved" : "Not saved yet"}</span>
      <div className="flex gap-2">
        {!isNew && (
          <Button variant="ghost" disabled={pending} onClick={onReset}>
            Reset
          </Button>
        )}
        <Button type="submit" variant="primary" pending={pending}>
          {isNew ? "Save job" : "Save"}
        </Button>
      </div>
    </div>
  );
}
