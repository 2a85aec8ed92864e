"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Note } from "@/components/ui/note";
import type { Values } from "./schema-fields";

/** A ready-made filling of a form. */
export interface FormPreset {
  id: string;
  label: string;
  values: Values;
  help: string;
}

interface Props {
  presets: readonly FormPreset[];
  values: Values;
  disabled?: boolean;
  onPick: (preset: FormPreset) => void;
}

/** Fills the usual values in; the line of help of the last one picked stays. */
export function PresetBar({ presets, values, disabled, onPick }: Props) {
  const [pickedId, setPickedId] = useState<string | null>(null);
  const picked = presets.find((preset) => preset.id === pickedId);
  const fits = (preset: FormPreset) => Object.entries(preset.values).every(([name, value]) => values[name] === value);
  return (
    <div className="flex flex-col gap-3">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend */}
      <div role="group" aria-label="Fill in for" className="flex flex-wrap items-center gap-2">
        <span className="mr-1 text-muted text-sm">Fill in for</span>
        {presets.map((preset) => (
          <Button
            key={preset.id}
            size="sm"
            disabled={disabled}
            aria-pressed={picked === preset && fits(preset)}
            className="aria-pressed:border-ink"
            onClick={() => {
              setPickedId(preset.id);
              onPick(preset);
            }}
          >
            {preset.label}
          </Button>
        ))}
      </div>
      {picked && <Note>{picked.help}</Note>}
    </div>
  );
}
