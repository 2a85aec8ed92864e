"use client";

import { useId } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { FieldNotes } from "@/components/ui/field";

interface Props {
  checked: boolean;
  onChange: (checked: boolean) => void;
  error?: string;
}

/** Whether the folder of a destination is created where it is missing; why it was refused stands beside that choice. */
export function CreateFolderField({ checked, onChange, error }: Props) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <Checkbox
        name="createFolder"
        label="Create the folder"
        description="When it is saved, if there is none. Leave it off for a disk that has to be mounted: its folder would be created on the disk below."
        checked={checked}
        onChange={({ target }) => onChange(target.checked)}
        {...(error && { "aria-invalid": true, "aria-describedby": `${id}-error` })}
      />
      <FieldNotes id={id} error={error} />
    </div>
  );
}
