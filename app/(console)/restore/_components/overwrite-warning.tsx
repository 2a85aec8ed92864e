"use client";

import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

interface Props {
  /** What would be overwritten, in a sentence. */
  loss: string;
  /** What has to be typed to confirm. */
  target: string;
  isAdmin: boolean;
  typed: string;
  onType: (text: string) => void;
  error?: string;
}

/** Says what a restore would overwrite, and lets an administrator confirm it. */
export function OverwriteWarning({ loss, target, isAdmin, typed, onType, error }: Props) {
  return (
    <div className="flex flex-col gap-3 border-failure border-l-2 pl-3">
      <div role="alert" className="text-sm">
        <p className="font-medium text-failure">The target exists already</p>
        <p className="text-muted">
          {loss}
          {!isAdmin && " Only an administrator may do that; choose a new target."}
        </p>
      </div>
      {isAdmin && (
        <Field
          label={
            <>
              To overwrite it, type <span className="select-all break-all font-mono">{target}</span>
            </>
          }
          error={error}
        >
          <Input
            value={typed}
            onChange={(event) => onType(event.target.value)}
            spellCheck={false}
            autoCapitalize="off"
            className="font-mono"
          />
        </Field>
      )}
    </div>
  );
}
