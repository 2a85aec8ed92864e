"use client";

import { ChoiceList } from "@/components/form/choice-list";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Note } from "@/components/ui/note";
import type { TabProps } from "./tab-props";

export function RetentionTab({ draft, change, errors }: TabProps) {
  return (
    <>
      <Field
        label="Backups to keep"
        error={errors["retention.keepLast"] ?? errors.retention}
        help={`The newest ones, ${placesOf(draft)}. Older ones are deleted.`}
      >
        <Input
          type="number"
          min={1}
          inputMode="numeric"
          className="max-w-32"
          value={draft.keepLast}
          onChange={(event) => change({ keepLast: event.target.value })}
        />
      </Field>
      <Note>
        Nothing is deleted before a new backup has been stored and read back. Failed runs delete nothing, and suspect
        backups do not count.
      </Note>
      <ChoiceList
        legend="Restore tests"
        name="restoreTests"
        value={draft.restoreTests}
        onChange={(restoreTests) => change({ restoreTests })}
        help="Restores the newest backup into a scratch place, compares what came back, and removes it. Only then a backup counts as verified. Files need their size in Belfry's data folder; a database is restored on its own server, under a new name."
        options={[
          { value: "never", label: "Never", description: "Backups are read back and their checksums compared." },
          { value: "run", label: "After each run" },
          { value: "days", label: "Every few days" },
        ]}
      />
      {draft.restoreTests === "days" && (
        <Field label="Days between restore tests" error={errors.restoreTestDays}>
          <Input
            type="number"
            min={1}
            inputMode="numeric"
            className="max-w-32"
            value={draft.restoreTestDays}
            onChange={(event) => change({ restoreTestDays: event.target.value })}
          />
        </Field>
      )}
    </>
  );
}

function placesOf({ repositoryId, destinationIds }: TabProps["draft"]): string {
  if (repositoryId) return "in the repository, unless its own settings say what a prune keeps";
  return destinationIds.length > 1 ? `at each of the ${destinationIds.length} destinations` : "at the destination";
}
