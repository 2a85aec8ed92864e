"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { FieldStack } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { updateClientAction } from "../actions";
import { CLIENT_FIELDS, type ClientDraft, ClientFields, clientInput } from "./client-form";
import { DiskThresholds } from "./disk-thresholds";

/** Changes a client. */
export function ClientSettings({ id, client, mounts }: { id: string; client: ClientDraft; mounts: readonly string[] }) {
  const router = useRouter();
  const [draft, setDraft] = useState(client);
  const form = useVerbForm(updateClientAction, { success: "Saved", onSuccess: () => router.refresh() });
  return (
    <ScriptForm
      ref={form.formRef}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit({ id, ...clientInput(draft) });
      }}
    >
      <Panel title="Settings">
        <FieldStack>
          <ClientFields
            draft={draft}
            onChange={(part) => setDraft((now) => ({ ...now, ...part }))}
            fields={form.fields}
          />
          <DiskThresholds
            mounts={mounts}
            thresholds={draft.diskThresholds}
            onChange={(diskThresholds) => setDraft((now) => ({ ...now, diskThresholds }))}
            fields={form.fields}
          />
          <SaveBar isInset form={form} known={CLIENT_FIELDS} />
        </FieldStack>
      </Panel>
    </ScriptForm>
  );
}
