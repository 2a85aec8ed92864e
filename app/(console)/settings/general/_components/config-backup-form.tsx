"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { CronSchedule } from "@/components/cron/cron-field";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Button } from "@/components/ui/button";
import { Field, FieldStack, FormRow } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { lazyPart } from "@/components/ui/lazy-part";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { updateConfigBackupAction } from "../actions";
import { LastConfigBackup, type LastConfigRun } from "./config-last-run";

interface Props {
  settings: {
    enabled: boolean;
    schedule: CronSchedule | null;
    destinationId: string | null;
    keepLast: number;
    hasPassphrase: boolean;
  };
  destinations: readonly { id: string; name: string }[];
  /** What is stored, or proposed. */
  schedule: CronSchedule;
  /** The same in words. */
  scheduleText: string;
  last: LastConfigRun;
}

/** As large as the rest of the page, for what describes a schedule. */
const CronField = lazyPart(() => import("@/components/cron/cron-field").then((file) => file.CronField));

const FIELDS = ["enabled", "schedule", "schedule.cron", "schedule.timezone", "destinationId", "keepLast", "passphrase"];

/** Scheduled backup of Belfry's own configuration to one of the destinations. */
export function ConfigBackupForm({ settings, destinations, schedule: first, scheduleText, last }: Props) {
  const router = useRouter();
  const [enabled, setEnabled] = useState(settings.enabled);
  const [schedule, setSchedule] = useState(first);
  const [passphrase, setPassphrase] = useState("");
  const form = useVerbForm(updateConfigBackupAction, {
    success: "Saved",
    onSuccess: () => {
      setPassphrase("");
      router.refresh();
    },
  });
  // What is to be sent is shown, also when backups are turned off meanwhile.
  const isScheduleChanged = JSON.stringify(schedule) !== JSON.stringify(first);
  const isScheduleNew = JSON.stringify(schedule) !== JSON.stringify(settings.schedule);
  return (
    <ScriptForm
      className="flex flex-col gap-4"
      {...form.bind((data) => {
        const destinationId = String(data.get("destinationId")) || null;
        const keepLast = String(data.get("keepLast")).trim();
        return {
          ...(enabled !== settings.enabled && { enabled }),
          ...(isScheduleNew && { schedule }),
          ...(destinationId !== settings.destinationId && { destinationId }),
          ...(keepLast !== String(settings.keepLast) && { keepLast: keepLast === "" ? Number.NaN : Number(keepLast) }),
          ...(passphrase && { passphrase }),
        };
      })}
    >
      <Panel
        title="Scheduled configuration backup"
        aside={
          <>
            Enabled
            <Switch label="Back up the configuration on schedule" checked={enabled} onCheckedChange={setEnabled} />
          </>
        }
      >
        <FieldStack>
          <LastConfigBackup last={last} canRun={settings.destinationId !== null && settings.hasPassphrase} />
          {(enabled || isScheduleChanged) && (
            <ScheduleFields
              schedule={schedule}
              described={isScheduleChanged ? null : scheduleText}
              onChange={setSchedule}
              errors={form.fields}
            />
          )}
          <DestinationFields settings={settings} destinations={destinations} errors={form.fields} />
          <PassphraseField
            isStored={settings.hasPassphrase}
            value={passphrase}
            onChange={setPassphrase}
            error={form.fields.passphrase}
          />
          <SaveBar isInset form={form} known={FIELDS} saveLabel="Save schedule" />
        </FieldStack>
      </Panel>
    </ScriptForm>
  );
}

interface ScheduleProps {
  schedule: CronSchedule;
  /** Null: it was changed. */
  described: string | null;
  onChange: (schedule: CronSchedule) => void;
  errors: Record<string, string>;
}

/** The schedule in words, until it is to be changed. */
function ScheduleFields({ schedule, described, onChange, errors }: ScheduleProps) {
  const [isOpen, setOpen] = useState(false);
  const error = errors["schedule.cron"] ?? errors.schedule;
  const timezoneError = errors["schedule.timezone"];
  if (isOpen || described === null || error || timezoneError)
    return <CronField {...schedule} onChange={onChange} error={error} timezoneError={timezoneError} />;
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 text-sm">
      <span>{described}</span>
      <Button size="sm" onClick={() => setOpen(true)}>
        Change schedule
      </Button>
    </div>
  );
}

interface DestinationProps extends Pick<Props, "settings" | "destinations"> {
  errors: Record<string, string>;
}

function DestinationFields({ settings, destinations, errors }: DestinationProps) {
  return (
    <FormRow>
      <Field
        label="Destination"
        error={errors.destinationId}
        help={
          destinations.length === 0 && (
            <>
              No destinations yet. <TextLink href="/destinations/new">Add a destination</TextLink>.
            </>
          )
        }
      >
        <Select
          name="destinationId"
          defaultValue={settings.destinationId ?? ""}
          options={[
            { value: "", label: "Choose…" },
            ...destinations.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      </Field>
      <Field label="Backups to keep" error={errors.keepLast} help="Older ones are deleted">
        <Input
          name="keepLast"
          type="number"
          inputMode="numeric"
          min={1}
          defaultValue={settings.keepLast}
          className="num max-w-32"
        />
      </Field>
    </FormRow>
  );
}

interface PassphraseProps {
  isStored: boolean;
  value: string;
  onChange: (passphrase: string) => void;
  error?: string;
}

function PassphraseField({ isStored, value, onChange, error }: PassphraseProps) {
  return (
    <Field
      label="Passphrase"
      error={error}
      help={
        isStored
          ? "Leave blank to keep the stored one. Keep a copy elsewhere: a new machine needs it to open the file."
          : "At least 12 characters. Keep a copy elsewhere: a new machine needs it to open the file."
      }
    >
      <Input
        type="password"
        autoComplete="new-password"
        value={value}
        placeholder={isStored ? "Stored" : undefined}
        onChange={(event) => onChange(event.target.value)}
        className="sm:max-w-80"
      />
    </Field>
  );
}
