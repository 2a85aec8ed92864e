"use client";

import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";

interface Props {
  pending: boolean;
  /** False: nothing to save. */
  dirty?: boolean;
  onReset?: () => void;
  saveLabel?: string;
  /** At the left: a Test button, a note. */
  children?: ReactNode;
}

/** Footer of a form: other actions at the left, Save at the right. */
export function SaveBar({ pending, dirty = true, onReset, saveLabel = "Save", children }: Props) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-3">
      <div className="min-w-0 flex-1">{children}</div>
      <div className="flex items-center gap-2">
        {onReset && (
          <Button variant="ghost" onClick={onReset} disabled={!dirty || pending}>
            Reset
          </Button>
        )}
        <Button type="submit" variant="primary" pending={pending} disabled={!dirty}>
          {saveLabel}
        </Button>
      </div>
    </div>
  );
}
