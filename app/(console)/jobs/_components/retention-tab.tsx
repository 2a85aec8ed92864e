"use client";

import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Note } from "@/components/ui/note";
import type { TabProps } from "./tab-props";

export function RetentionTab({ draft, change, errors }: TabProps) {
  const destinations = draft.destinationIds.length;
  return (
    <>
      <Field
        label="Backups to keep"
        error={errors["retention.keepLast"] ?? errors.retention}
        help={`The newest ones, ${destinations > 1 ? `at each of the ${destinations} destinations` : "at the destination"}. Older ones are deleted.`}
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
      <Note>Nothing is deleted before a new backup has been stored and read back. Failed runs delete nothing.</Note>
    </>
  );
}
