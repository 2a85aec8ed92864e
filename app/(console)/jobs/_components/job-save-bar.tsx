"use client";

import { Play } from "lucide-react";
import { classNames } from "@/components/class-names";
import { SaveBar } from "@/components/form/save-bar";
import { Button } from "@/components/ui/button";
import type { ActionError } from "@/lib/core/action-error";

interface Props {
  isNew: boolean;
  form: { pending: boolean; error: ActionError | null };
  /** As wide as a form without a side column. */
  isNarrow: boolean;
  onReset: () => void;
  /** Left out: the job is not started here. */
  saveAndRun?: () => void;
}

/** The save bar of a job, shown while there is something to save. */
export function JobSaveBar({ isNew, form, isNarrow, onReset, saveAndRun }: Props) {
  return (
    <div className={classNames("sticky bottom-3 z-10", isNarrow && "max-w-[720px]")}>
      <SaveBar
        form={form}
        onReset={isNew ? undefined : onReset}
        saveLabel={isNew ? "Save job" : "Save"}
        more={
          saveAndRun && (
            <Button pending={form.pending} onClick={saveAndRun} icon={<Play aria-hidden="true" className="size-3.5" />}>
              Save and run
            </Button>
          )
        }
      >
        <p className="flex min-h-8 items-center text-muted text-sm">
          {isNew ? "Nothing runs before it is saved" : "Not saved yet"}
        </p>
      </SaveBar>
    </div>
  );
}
