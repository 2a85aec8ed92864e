"use client";

import { suggestLabels } from "@/app/(console)/label-actions";
import { sentThreshold, type TypedThreshold } from "@/components/endpoint/typed-threshold";
import { LabelsField } from "@/components/label/labels-field";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { offlineDelayMinutes } from "@/lib/core/client";
import type { Labels } from "@/lib/core/label";

/** What a person fills in about a client; numbers as typed. */
export interface ClientDraft {
  name: string;
  labels: Labels;
  offlineAfterMinutes: string;
  intermittent: boolean;
  muted: boolean;
  /** Of the disks that have one of their own. */
  diskThresholds: Record<string, TypedThreshold>;
}

export const EMPTY_CLIENT: ClientDraft = {
  name: "",
  labels: {},
  offlineAfterMinutes: "",
  intermittent: false,
  muted: false,
  diskThresholds: {},
};

/** The draft as the verbs take it. What is no number is refused there, beside its field. */
export function clientInput({ offlineAfterMinutes, diskThresholds, ...draft }: ClientDraft) {
  const typed = offlineAfterMinutes.trim();
  const own = Object.entries(diskThresholds).map(([mount, one]) => ({ mount, threshold: sentThreshold(one) }));
  return { ...draft, diskThresholds: own, offlineAfterMinutes: typed === "" ? null : Number(typed) };
}

/** Fields that show their own errors. */
export const CLIENT_FIELDS: readonly string[] = ["name", "labels", "offlineAfterMinutes"];

interface Props {
  draft: ClientDraft;
  onChange: (part: Partial<ClientDraft>) => void;
  fields: Record<string, string>;
}

/** The fields of a client. */
export function ClientFields({ draft, onChange, fields }: Props) {
  const usual = offlineDelayMinutes({ offlineAfterMinutes: null, intermittent: draft.intermittent });
  return (
    <FieldStack>
      <Field label="Name" error={fields.name} className="sm:w-96">
        <Input
          name="name"
          value={draft.name}
          maxLength={100}
          placeholder="web-1"
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </Field>
      <LabelsField
        labels={draft.labels}
        onChange={(labels) => onChange({ labels })}
        suggest={suggestLabels}
        errors={fields}
        help="Silences and routes can go by them."
      />
      <Checkbox
        label="Intermittent"
        description="It is switched off often, as a laptop is: people are notified after days, not minutes."
        checked={draft.intermittent}
        onChange={(event) => onChange({ intermittent: event.target.checked })}
      />
      <Field
        label="Notify after minutes of silence"
        optional
        error={fields.offlineAfterMinutes}
        help={`${usual} when left empty, and never before three heartbeats were missed.`}
        className="sm:w-96"
      >
        <Input
          name="offlineAfterMinutes"
          inputMode="numeric"
          value={draft.offlineAfterMinutes}
          placeholder={String(usual)}
          onChange={(event) => onChange({ offlineAfterMinutes: event.target.value })}
        />
      </Field>
      <Checkbox
        label="Muted"
        description="Nobody is notified when it is offline. Its status is still shown."
        checked={draft.muted}
        onChange={(event) => onChange({ muted: event.target.checked })}
      />
    </FieldStack>
  );
}
