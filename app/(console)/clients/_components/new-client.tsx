"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { FieldStack } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { createClientAction } from "../actions";
import { CLIENT_FIELDS, type ClientDraft, ClientFields, clientInput, EMPTY_CLIENT } from "./client-form";
import { InstallSteps } from "./install-steps";

interface Created {
  id: string;
  installCommand: string;
  scriptSha256: string;
}

/** Registers a client, then shows the line that installs its agent until the page is left. @param hasReported whether the client that the address names is online */
export function NewClient({ hasReported }: { hasReported: boolean }) {
  const router = useRouter();
  const [draft, setDraft] = useState<ClientDraft>(EMPTY_CLIENT);
  const [created, setCreated] = useState<Created | null>(null);
  const form = useVerbForm(createClientAction, {
    onSuccess: (client) => {
      setCreated(client);
      // The page reads the status of the client that its address names.
      router.replace(`/clients/new?id=${client.id}`, { scroll: false });
    },
  });
  if (created) {
    const { id, installCommand, scriptSha256 } = created;
    return <InstallSteps {...{ installCommand, scriptSha256, hasReported }} href={`/clients/${id}`} />;
  }
  return (
    <ScriptForm
      ref={form.formRef}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit(clientInput(draft));
      }}
    >
      <Panel title="Client">
        <FieldStack>
          <ClientFields
            draft={draft}
            onChange={(part) => setDraft((now) => ({ ...now, ...part }))}
            fields={form.fields}
          />
          <SaveBar isInset form={form} known={CLIENT_FIELDS} saveLabel="Create client" />
        </FieldStack>
      </Panel>
    </ScriptForm>
  );
}
