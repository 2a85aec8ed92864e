"use client";

import { useRouter } from "next/navigation";
import { FormError } from "@/components/form/form-error";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { TimezoneSelect } from "@/components/settings/timezone-select";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { updateGeneral } from "../actions";

interface Props {
  settings: { timezone: string; restoreFolder: string | null; effectiveRestoreFolder: string; retentionDays: number };
}

/** Time zone, restore folder, retention. Sends only what was changed. */
export function GeneralForm({ settings }: Props) {
  const router = useRouter();
  const form = useVerbForm(updateGeneral, { success: "Saved", onSuccess: () => router.refresh() });
  return (
    <form
      className="flex flex-col gap-4"
      {...form.bind((data) => {
        const timezone = String(data.get("timezone"));
        const folder = String(data.get("restoreFolder")).trim() || null;
        const days = String(data.get("retentionDays")).trim();
        return {
          ...(timezone !== settings.timezone && { timezone }),
          ...(folder !== settings.restoreFolder && { restoreFolder: folder }),
          ...(days !== String(settings.retentionDays) && { retentionDays: days === "" ? Number.NaN : Number(days) }),
        };
      })}
    >
      <Panel title="General">
        <FieldStack>
          <FormError error={form.error} known={["timezone", "restoreFolder", "retentionDays"]} />
          <Field
            label="Time zone"
            error={form.fields.timezone}
            help="Used in messages to channels, and for people who have not chosen one in their profile"
          >
            <TimezoneSelect name="timezone" defaultValue={settings.timezone} />
          </Field>
          <Field
            label="Restore folder"
            optional
            error={form.fields.restoreFolder}
            help={`Operators restore into this folder only; empty means ${settings.effectiveRestoreFolder}`}
          >
            <Input
              name="restoreFolder"
              defaultValue={settings.restoreFolder ?? ""}
              placeholder={settings.effectiveRestoreFolder}
              spellCheck={false}
              autoCapitalize="off"
              className="font-mono"
            />
          </Field>
          <Field
            label="Keep history for (days)"
            error={form.fields.retentionDays}
            help="Delivery log, resolved problems and events older than this are deleted. Open problems never are, nor backups."
          >
            <Input
              name="retentionDays"
              type="number"
              inputMode="numeric"
              min={1}
              defaultValue={settings.retentionDays}
              className="num max-w-32"
            />
          </Field>
        </FieldStack>
      </Panel>
      <SaveBar pending={form.pending} />
    </form>
  );
}
