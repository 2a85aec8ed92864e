"use client";

import { KeyRound } from "lucide-react";
import { Button } from "@/components/ui/button";

interface Props {
  id?: string;
  label: string;
  removed: boolean;
  disabled?: boolean;
  onReplace: () => void;
  /** Only where the secret may be missing. */
  onRemove?: () => void;
  onUndo: () => void;
}

/** Placeholder of a stored secret: its value is never sent to the browser, only replaced or removed. */
export function StoredSecret({ id, label, removed, disabled, onReplace, onRemove, onUndo }: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend
    <div
      id={id}
      role="group"
      aria-label={label}
      className="flex min-h-8 min-w-0 flex-1 flex-wrap items-center gap-x-2 rounded-md border border-line-strong bg-hover pl-2.5 text-sm pointer-coarse:min-h-10"
    >
      <KeyRound aria-hidden="true" className="size-3.5 shrink-0 text-muted" />
      <span className="flex-1 text-muted">{removed ? "Removed when you save" : "Stored"}</span>
      {removed ? (
        <Button variant="ghost" size="sm" onClick={onUndo} disabled={disabled}>
          Undo
        </Button>
      ) : (
        <>
          {onRemove && (
            <Button variant="ghost" size="sm" onClick={onRemove} disabled={disabled}>
              Remove<span className="sr-only"> {label}</span>
            </Button>
          )}
          <Button variant="ghost" size="sm" onClick={onReplace} disabled={disabled}>
            Replace<span className="sr-only"> {label}</span>
          </Button>
        </>
      )}
    </div>
  );
}
