"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Note } from "@/components/ui/note";
import type { Values } from "./schema-fields";

/** Prepared values of a form. */
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

/** Fills in the values of a preset and keeps showing its help. */
export function PresetBar({ presets, values, disabled, onPick }: Props) {
  const [pickedId, setPickedId] = useState<string | null>(null);
  const picked = presets.find((preset) => preset.id === pickedId);
  const matches = (preset: FormPreset) =>
    Object.entries(preset.values).every(([name, value]) => values[name] === value);
  return (
    <div className="flex flex-col gap-3">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend */}
      <div role="group" aria-label="Presets" className="flex flex-wrap items-center gap-2">
        <span className="mr-1 text-muted text-sm">Preset</span>
        {presets.map((preset) => (
          <Button
            key={preset.id}
            size="sm"
            disabled={disabled}
            aria-pressed={picked === preset && matches(preset)}
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
