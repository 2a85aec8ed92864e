"use client";

import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { TabProps } from "./tab-props";

/** When a backup is doubted because it holds less than usual. */
export function PlausibilityFields({ draft, change, errors }: TabProps) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-1.5 font-medium text-sm">Suspect backups</legend>
      <p className="max-w-3xl text-muted text-sm">
        A backup that holds far less than the last ten usually did is marked as suspect, and its run ends with a
        warning. It pushes out no good backup until you accept its size.
      </p>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Least size, in percent of the usual"
          error={errors.leastBytesPercent}
          help="20: a backup that lost more than 80 % of its bytes is suspect. 0: never."
        >
          <PercentInput
            value={draft.leastBytesPercent}
            onChange={(leastBytesPercent) => change({ leastBytesPercent })}
          />
        </Field>
        <Field
          label="Least files or tables, in percent of the usual"
          error={errors.leastItemsPercent}
          help="50: a backup that lost more than half of them is suspect. 0: never."
        >
          <PercentInput
            value={draft.leastItemsPercent}
            onChange={(leastItemsPercent) => change({ leastItemsPercent })}
          />
        </Field>
      </div>
      <Checkbox
        checked={draft.mayBeEmpty}
        onChange={(event) => change({ mayBeEmpty: event.target.checked })}
        label="The source may be empty"
        description="Otherwise a backup without files, or without the rows there were before, is a failure: a disk that is not mounted looks like that."
      />
    </fieldset>
  );
}

function PercentInput({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <Input
      type="number"
      min={0}
      max={100}
      inputMode="numeric"
      className="max-w-32"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
