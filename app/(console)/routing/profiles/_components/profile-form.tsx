"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { JobPresets } from "@/app/(console)/jobs/_components/job-presets";
import type { PickableChannel } from "@/app/(console)/jobs/_components/pickable";
import { type PreviewRouting, RoutingPreviewPanel } from "@/app/(console)/jobs/_components/routing-preview-panel";
import {
  gapsOfRules,
  type RuleDraft,
  ruleDraftOf,
  ruleInput,
  type StoredRule,
} from "@/app/(console)/jobs/_components/rule-draft";
import { RulesEditor } from "@/app/(console)/jobs/_components/rules-editor";
import type { ShowPreview } from "@/components/channel/texts/live-preview";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Columns } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import type { ActionResult } from "@/lib/core/action-error";

interface ProfileRequest {
  name: string;
  isDefault: boolean;
  notifications: ReturnType<typeof ruleInput>[];
}

interface Props {
  /** None: a new profile. */
  profile?: { id: string; name: string; isDefault: boolean; notifications: StoredRule[] };
  channels: readonly PickableChannel[];
  create: (input: ProfileRequest) => Promise<ActionResult<{ id: string }>>;
  update: (input: Partial<ProfileRequest> & { id: string }) => Promise<ActionResult<{ id: string }>>;
  previewRouting: PreviewRouting;
  show: ShowPreview;
}

/** A profile: its name, whether new jobs follow it, and the same rules as on a job's Notifications tab. */
export function RuleProfileForm({ profile, channels, create, update, previewRouting, show }: Props) {
  const router = useRouter();
  const [name, setName] = useState(profile?.name ?? "");
  const [isDefault, setDefault] = useState(profile?.isDefault ?? false);
  const [rules, setRules] = useState<RuleDraft[]>(() => (profile?.notifications ?? []).map(ruleDraftOf));
  const [gaps, setGaps] = useState<Record<string, string>>({});
  const request = (): ProfileRequest => ({ name: name.trim(), isDefault, notifications: rules.map(ruleInput) });
  const [saved, setSaved] = useState(() => JSON.stringify(request()));
  const form = useVerbForm(
    (input: ProfileRequest) => (profile ? update({ id: profile.id, ...input }) : create(input)),
    {
      success: profile ? "Saved" : "The profile was created",
      leaves: !profile,
      onSuccess: ({ id }) => {
        setSaved(JSON.stringify(request()));
        if (profile) router.refresh();
        else router.push(`/routing/profiles/${id}`);
      },
    },
  );
  const errors = { ...form.fields, ...gaps };
  const submit = () => {
    const missing = { ...(name.trim() ? {} : { name: "Give the profile a name." }), ...gapsOfRules(rules) };
    setGaps(missing);
    if (Object.keys(missing).length === 0) void form.submit(request());
  };
  return (
    <ScriptForm
      ref={form.formRef}
      data-changed={JSON.stringify(request()) !== saved}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Columns
        side={
          <>
            <RoutingPreviewPanel rules={rules} profileId={null} preview={previewRouting} />
            <JobPresets rules={rules} channels={channels} onChange={setRules} />
          </>
        }
      >
        <FieldStack>
          <Panel>
            <FieldStack>
              <Field label="Name" error={errors.name}>
                <Input name="name" value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
              </Field>
              <DefaultBox isDefault={isDefault} onChange={setDefault} />
            </FieldStack>
          </Panel>
          <RulesEditor
            title="Rules"
            rules={rules}
            onChange={(next) => {
              setGaps({});
              setRules(next);
            }}
            errors={errors}
            channels={channels}
            jobName="a job of this profile"
            show={show}
            whenEmpty="Add a channel. Jobs that follow a profile without rules notify nobody by it."
          />
          <SaveBar
            form={form}
            dirty={!profile || JSON.stringify(request()) !== saved}
            saveLabel={profile ? "Save" : "Create profile"}
          />
        </FieldStack>
      </Columns>
    </ScriptForm>
  );
}

function DefaultBox({ isDefault, onChange }: { isDefault: boolean; onChange: (isDefault: boolean) => void }) {
  return (
    <Checkbox
      label="Default of new jobs"
      description="Jobs that are created from now on follow it, unless they say otherwise."
      checked={isDefault}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
}
