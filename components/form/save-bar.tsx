"use client";

import type { ReactNode } from "react";
import { classNames } from "@/components/class-names";
import { Button } from "@/components/ui/button";
import type { ActionError } from "@/lib/core/action-error";
import { FormError } from "./form-error";

interface Props {
  /** The form that it saves: whether that is under way, and why the last save was refused. */
  form: { pending: boolean; error: ActionError | null };
  /** Paths whose control shows its own error; of others the bar lists the errors. Left out: all do. */
  known?: readonly string[];
  /** False: nothing to save. */
  dirty?: boolean;
  onReset?: () => void;
  saveLabel?: string;
  /** Before Save: another way to save. */
  more?: ReactNode;
  /** The last part of a panel instead of a bar of its own. */
  isInset?: boolean;
  /** At the left: a Test button, a note. */
  children?: ReactNode;
}

const OWN = "rounded-lg border border-line-strong px-4 shadow-float bottom-3";
const INSET = "-mx-4 -mb-4 rounded-b-lg border-line border-t px-4 bottom-0";

/**
 * The end of every form that is saved, always in sight: why the last save was refused beside the button that was
 * pressed, other actions at the left, Save at the right.
 */
export function SaveBar({ form, known, dirty = true, onReset, saveLabel = "Save", more, isInset, children }: Props) {
  return (
    <div
      data-save-bar
      className={classNames("sticky z-10 flex flex-col gap-2.5 bg-panel py-2.5", isInset ? INSET : OWN)}
    >
      {form.error && (
        <div className="max-h-[30dvh] overflow-y-auto">
          <FormError error={form.error} known={known} />
        </div>
      )}
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1 empty:hidden">{children}</div>
        <div className="ml-auto flex flex-wrap items-center justify-end gap-2">
          {onReset && (
            <Button variant="ghost" onClick={onReset} disabled={!dirty || form.pending}>
              Reset
            </Button>
          )}
          {more}
          <Button type="submit" variant="primary" pending={form.pending} disabled={!dirty}>
            {saveLabel}
          </Button>
        </div>
      </div>
    </div>
  );
}
