"use client";

import { ChoiceList } from "@/components/form/choice-list";
import { Checkbox } from "@/components/ui/checkbox";

/** What an account sees of the clients. */
const CHOICES = [
  { value: "all", label: "Everything", description: "Whatever the role may see" },
  {
    value: "some",
    label: "Some clients only",
    description: "Those clients with their jobs, runs and alerts, in lists, counts, the bell and the API; nothing else",
  },
] as const;

/** A client to choose. */
export interface ChoosableClient {
  id: string;
  name: string;
}

interface Props {
  clients: readonly ChoosableClient[];
  /** Null: everything. */
  value: readonly string[] | null;
  onChange: (value: string[] | null) => void;
  error?: string;
}

/** The clients that an account is limited to. */
export function ClientsField({ clients, value, onChange, error }: Props) {
  const unknown = (value ?? []).filter((id) => !clients.some((one) => one.id === id));
  const toggle = (id: string, isOn: boolean) =>
    onChange(isOn ? [...(value ?? []), id] : (value ?? []).filter((one) => one !== id));
  return (
    <div className="flex flex-col gap-2">
      <ChoiceList
        legend="Sees"
        name="sees"
        value={value === null ? "all" : "some"}
        onChange={(choice) => onChange(choice === "all" ? null : [])}
        options={CHOICES}
        columns={2}
        error={error}
      />
      {value !== null && (
        <fieldset className="flex max-h-64 flex-col gap-1 overflow-y-auto rounded-md border border-line-strong p-2">
          <legend className="sr-only">Clients</legend>
          {clients.map(({ id, name }) => (
            <Checkbox
              key={id}
              name="client"
              label={name}
              checked={value.includes(id)}
              onChange={({ target }) => toggle(id, target.checked)}
            />
          ))}
          {unknown.map((id) => (
            <Checkbox key={id} name="client" label={id} checked onChange={() => toggle(id, false)} />
          ))}
          {clients.length === 0 && <p className="text-muted text-sm">There are no clients yet.</p>}
        </fieldset>
      )}
    </div>
  );
}
