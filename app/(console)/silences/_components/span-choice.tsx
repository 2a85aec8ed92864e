"use client";

import { Button } from "@/components/ui/button";
import { Field, FormRow } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { formatWallTime, tomorrowAt } from "@/components/zoned-time";
import type { SilenceDraft } from "./silence-draft";

interface Props {
  draft: Pick<SilenceDraft, "startsAt" | "endsAt">;
  timezone: string;
  errors: Record<string, string>;
  onChange: (part: Partial<SilenceDraft>) => void;
}

const HOUR_MS = 3_600_000;
const MORNING = "08:00";

/** From when to when, with the usual spans as one click. */
export function SpanChoice({ draft, timezone, errors, onChange }: Props) {
  const until = (at: number) => onChange({ startsAt: "", endsAt: formatWallTime(at, timezone) });
  return (
    <div className="flex flex-col gap-4">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend */}
      <div role="group" aria-label="Usual spans" className="flex flex-wrap gap-2">
        <Button size="sm" onClick={() => until(Date.now() + HOUR_MS)}>
          1 hour
        </Button>
        <Button size="sm" onClick={() => until(Date.now() + 8 * HOUR_MS)}>
          8 hours
        </Button>
        <Button size="sm" onClick={() => until(tomorrowAt(MORNING, timezone, Date.now()))}>
          Until tomorrow, {MORNING}
        </Button>
        <Button size="sm" onClick={() => onChange({ endsAt: "" })}>
          Until I end it
        </Button>
      </div>
      <FormRow>
        <Field label="From" optional error={errors.startsAt} help={draft.startsAt ? undefined : "Empty: from now on"}>
          <Input
            type="datetime-local"
            value={draft.startsAt}
            onChange={(event) => onChange({ startsAt: event.target.value })}
          />
        </Field>
        <Field
          label="Until"
          optional
          error={errors.endsAt}
          help={draft.endsAt ? `In your time zone, ${timezone}` : "Empty: until somebody ends it"}
        >
          <Input
            type="datetime-local"
            value={draft.endsAt}
            onChange={(event) => onChange({ endsAt: event.target.value })}
          />
        </Field>
      </FormRow>
    </div>
  );
}
