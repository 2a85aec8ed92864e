"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { useBrowserAddress } from "@/components/settings/own-address-input";
import { TimezoneSelect } from "@/components/settings/timezone-select";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { updateGeneralAction } from "../actions";

interface Props {
  settings: {
    name: string;
    namesTitles: boolean;
    address: string | null;
    environmentAddress: string | null;
    timezone: string;
    restoreFolder: string | null;
    effectiveRestoreFolder: string;
    retentionDays: number;
    repeatsInterruptedRuns: boolean;
  };
}

/** Name, own address, time zone, restore folder, retention, interrupted runs. Sends only changed fields. */
export function GeneralForm({ settings }: Props) {
  const router = useRouter();
  const form = useVerbForm(updateGeneralAction, { success: "Saved", onSuccess: () => router.refresh() });
  return (
    <ScriptForm
      className="flex flex-col gap-4"
      {...form.bind((data) => {
        const name = String(data.get("name")).trim();
        const namesTitles = data.has("namesTitles");
        // Left out while the environment sets it: the field is not sent.
        const address = data.has("address") ? String(data.get("address")).trim() || null : settings.address;
        const timezone = String(data.get("timezone"));
        const folder = String(data.get("restoreFolder")).trim() || null;
        const days = String(data.get("retentionDays")).trim();
        const repeatsInterruptedRuns = data.has("repeatsInterruptedRuns");
        return {
          ...(name !== settings.name && { name }),
          ...(namesTitles !== settings.namesTitles && { namesTitles }),
          ...(repeatsInterruptedRuns !== settings.repeatsInterruptedRuns && { repeatsInterruptedRuns }),
          ...(address !== settings.address && { address }),
          ...(timezone !== settings.timezone && { timezone }),
          ...(folder !== settings.restoreFolder && { restoreFolder: folder }),
          ...(days !== String(settings.retentionDays) && { retentionDays: days === "" ? Number.NaN : Number(days) }),
        };
      })}
    >
      <Panel title="General">
        <FieldStack>
          <NameFields settings={settings} error={form.fields.name} />
          <AddressField settings={settings} error={form.fields.address} />
          <Field
            label="Time zone"
            error={form.fields.timezone}
            help="For notifications, and for users who have not chosen one in their profile"
          >
            <TimezoneSelect name="timezone" defaultValue={settings.timezone} />
          </Field>
          <Field
            label="Restore folder"
            optional
            error={form.fields.restoreFolder}
            help={`Operators can restore into this folder only; it lies in Belfry's data folder or in a folder of BELFRY_RESTORE_ROOTS. Blank means ${settings.effectiveRestoreFolder}`}
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
            label="History retention (days)"
            error={form.fields.retentionDays}
            help="Deliveries, resolved alerts and events older than this are deleted. Open alerts and backups are kept."
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
          <Checkbox
            name="repeatsInterruptedRuns"
            defaultChecked={settings.repeatsInterruptedRuns}
            label="Repeat interrupted backups"
            description="A backup that was running when Belfry stopped is made once more after the next start"
          />
          <SaveBar isInset form={form} known={["name", "address", "timezone", "restoreFolder", "retentionDays"]} />
        </FieldStack>
      </Panel>
    </ScriptForm>
  );
}

function NameFields({ settings, error }: Props & { error: string | undefined }) {
  return (
    <>
      <Field
        label="Name of this installation"
        optional
        error={error}
        help="In messages, mails and page titles; to tell several installations apart"
      >
        <Input name="name" defaultValue={settings.name} placeholder="Belfry" maxLength={60} autoComplete="off" />
      </Field>
      <Checkbox
        name="namesTitles"
        defaultChecked={settings.namesTitles}
        label="Begin titles with the name"
        description="Every message and mail begins with [name], unless the name is Belfry or a custom title is set"
      />
    </>
  );
}

function AddressField({ settings, error }: Props & { error: string | undefined }) {
  const { address, environmentAddress } = settings;
  const origin = useBrowserAddress();
  const [typed, setTyped] = useState(address ?? "");
  if (environmentAddress) {
    return (
      <Field label="Address of Belfry" help="Links in messages lead there. The variable BELFRY_BASE_URL sets it.">
        <Input value={environmentAddress} readOnly className="read-only:text-muted" />
      </Field>
    );
  }
  return (
    <Field
      label="Address of Belfry"
      optional
      error={error}
      help="Links in messages lead there. Blank: messages have no links."
    >
      <span className="flex gap-2">
        <Input
          name="address"
          type="url"
          inputMode="url"
          spellCheck={false}
          placeholder="https://backup.example"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        {/* Beside it: only the browser knows its address, and what appears below would move the rest of the page. */}
        {origin && typed !== origin && (
          <Button
            className="flex-none"
            title={origin}
            aria-label={`Use this one: ${origin}`}
            onClick={() => setTyped(origin)}
          >
            Use this one
          </Button>
        )}
      </span>
    </Field>
  );
}
