"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { FormError } from "@/components/form/form-error";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { SecretNote } from "@/components/ui/secret-note";
import { Select } from "@/components/ui/select";
import { ROLE_CHOICES } from "@/components/user/role-choices";
import { ROLES, type Role } from "@/lib/core/role";
import { createApiKeyAction } from "../actions";

const EXPIRY_CHOICES = [
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In one year" },
  { value: "day", label: "On a day…" },
  { value: "never", label: "Never" },
] as const;
type Expiry = (typeof EXPIRY_CHOICES)[number]["value"];

function expiryInput(expiry: Expiry, day: string): { expiresAt?: string | null; expiresInDays?: number } {
  if (expiry === "never") return { expiresAt: null };
  return expiry === "day" ? { expiresAt: day } : { expiresInDays: Number(expiry) };
}

/** Creates a key and shows it once. */
export function CreateKey() {
  const router = useRouter();
  const [created, setCreated] = useState<{ name: string; key: string } | null>(null);
  const [role, setRole] = useState<Role>("operator");
  const [expiry, setExpiry] = useState<Expiry>("365");
  const form = useVerbForm(createApiKeyAction, {
    onSuccess: ({ name, key }) => {
      setCreated({ name, key });
      form.formRef.current?.reset();
      router.refresh();
    },
  });
  return (
    <>
      {created && (
        <SecretNote secret={created.key} label="API key">
          The key <b className="font-medium">{created.name}</b> is shown only now. Copy it to where it is used: Belfry
          cannot show it again.
        </SecretNote>
      )}
      <Panel title="New key">
        <ScriptForm
          className="flex flex-col gap-3"
          {...form.bind((data) => ({
            name: String(data.get("name")),
            role,
            ...expiryInput(expiry, String(data.get("expiresAt") ?? "")),
          }))}
        >
          <FormError error={form.error} known={["name", "role", "expiresAt"]} />
          <div className="flex flex-wrap items-start gap-3">
            <Field label="Name" error={form.fields.name} className="min-w-56 flex-1">
              <Input name="name" autoComplete="off" placeholder="Grafana" required maxLength={100} />
            </Field>
            <Field
              label="Role"
              className="min-w-44 flex-1"
              error={form.fields.role}
              help={ROLE_CHOICES.find((choice) => choice.value === role)?.description}
            >
              <Select
                name="role"
                value={role}
                onChange={(event) => setRole(ROLES.find((one) => one === event.target.value) ?? "operator")}
                options={ROLE_CHOICES.map(({ value, label }) => ({ value, label }))}
              />
            </Field>
            <Field label="Expires" className="min-w-36">
              <Select
                name="expiry"
                value={expiry}
                onChange={(event) =>
                  setExpiry(EXPIRY_CHOICES.find(({ value }) => value === event.target.value)?.value ?? "365")
                }
                options={EXPIRY_CHOICES}
              />
            </Field>
            {expiry === "day" && (
              <Field label="Last day" error={form.fields.expiresAt}>
                <Input name="expiresAt" type="date" required />
              </Field>
            )}
            <Button type="submit" variant="primary" pending={form.pending} className="mt-6.25">
              Create key
            </Button>
          </div>
        </ScriptForm>
      </Panel>
    </>
  );
}
