"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { FormError } from "@/components/form/form-error";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, FieldStack, FormRow } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { ActionResult } from "@/lib/core/action-error";
import type { QuietHours } from "@/lib/core/quiet-hours";

interface Props {
  /** Null: none. */
  quietHours: QuietHours | null;
  /** The zone that they are in while they name none. */
  timezone: string;
  save: (quietHours: QuietHours | null) => Promise<ActionResult<unknown>>;
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const NIGHT: QuietHours = { from: "22:00", to: "07:00", criticalPasses: true };

/** Sets quiet hours at once: what comes meanwhile is held and arrives as one summary. */
export function QuietHoursControl({ quietHours, timezone, save }: Props) {
  const router = useRouter();
  const [draft, setDraft] = useState<QuietHours | null>(quietHours);
  const form = useVerbForm(save, { success: "Saved", onSuccess: () => router.refresh() });
  const set = (part: Partial<QuietHours>) => setDraft((now) => ({ ...(now ?? NIGHT), ...part }));
  const errorOf = (name: string) => form.fields[`quietHours.${name}`];
  if (!draft) {
    return (
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
        <p className="min-w-0 flex-1 basis-64 text-muted">None: notifications are sent at any hour.</p>
        <Button size="sm" onClick={() => setDraft(NIGHT)}>
          Set quiet hours
        </Button>
      </div>
    );
  }
  const chosen = draft.days ?? [1, 2, 3, 4, 5, 6, 7];
  const toggle = (day: number, isOn: boolean) =>
    set({ days: isOn ? [...chosen, day].sort() : chosen.filter((one) => one !== day) });
  const remove = () => {
    setDraft(null);
    if (quietHours) void form.submit(null);
  };
  return (
    <FieldStack>
      <FormError error={form.error} known={["quietHours.from", "quietHours.to", "quietHours.days"]} />
      <FormRow>
        <Field label="From" error={errorOf("from")}>
          <Input type="time" value={draft.from} onChange={(event) => set({ from: event.target.value })} />
        </Field>
        <Field label="Until" error={errorOf("to")} help={`In the time zone ${draft.timezone ?? timezone}`}>
          <Input type="time" value={draft.to} onChange={(event) => set({ to: event.target.value })} />
        </Field>
      </FormRow>
      <fieldset className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <legend className="mb-1.5 font-medium text-sm">Beginning on</legend>
        {DAYS.map((name, index) => (
          <Checkbox
            key={name}
            label={name}
            checked={chosen.includes(index + 1)}
            onChange={(event) => toggle(index + 1, event.target.checked)}
          />
        ))}
        {errorOf("days") && <p className="w-full text-failure text-xs">{errorOf("days")}</p>}
      </fieldset>
      <Checkbox
        label="Critical notifications pass"
        description="They are sent at once, and so are their recoveries"
        checked={draft.criticalPasses}
        onChange={(event) => set({ criticalPasses: event.target.checked })}
      />
      <div className="flex flex-wrap items-center gap-2">
        <Button pending={form.pending} onClick={() => void form.submit(draft)}>
          Save quiet hours
        </Button>
        <Button variant="ghost" disabled={form.pending} onClick={remove}>
          {quietHours ? "Remove" : "Cancel"}
        </Button>
      </div>
      <p className="text-muted text-xs">Messages are held meanwhile and arrive afterwards as one summary.</p>
    </FieldStack>
  );
}
