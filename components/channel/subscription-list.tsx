"use client";

import { ToneBadge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import type { Tone } from "@/lib/core/tone";

export interface SubscribableEvent {
  type: string;
  name: string;
  category: string;
  description: string;
  tone: Tone;
}

interface Props {
  types: readonly SubscribableEvent[];
  value: readonly string[];
  onChange: (events: string[]) => void;
}

/** The events a channel can subscribe to, by category, each in its colour. */
export function SubscriptionList({ types, value, onChange }: Props) {
  const categories = [...new Set(types.map(({ category }) => category))];
  const set = (changed: readonly string[], isOn: boolean) => {
    const kept = value.filter((type) => !changed.includes(type));
    onChange(isOn ? [...kept, ...changed] : kept);
  };
  return (
    <div className="flex flex-col gap-5">
      {categories.map((category) => {
        const group = types.filter((type) => type.category === category);
        const all = group.map(({ type }) => type);
        const isFull = all.every((type) => value.includes(type));
        return (
          <fieldset key={category} className="min-w-0">
            <div className="mb-1 flex items-center justify-between gap-2">
              <legend className="float-left font-medium text-muted text-xs">{category}</legend>
              {group.length > 1 && (
                <Button
                  variant="ghost"
                  size="sm"
                  aria-label={`${isFull ? "None" : "All"} of ${category}`}
                  onClick={() => set(all, !isFull)}
                >
                  {isFull ? "None" : "All"}
                </Button>
              )}
            </div>
            <div className="grid gap-x-6 gap-y-1.5 sm:grid-cols-2">
              {group.map(({ type, name, description, tone }) => (
                <Checkbox
                  key={type}
                  checked={value.includes(type)}
                  onChange={(event) => set([type], event.target.checked)}
                  label={<ToneBadge tone={tone}>{name}</ToneBadge>}
                  description={description}
                />
              ))}
            </div>
          </fieldset>
        );
      })}
    </div>
  );
}
