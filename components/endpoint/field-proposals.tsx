"use client";

import { readSchemaFields, type Values } from "@/components/form/schema-fields";
import { Button } from "@/components/ui/button";
import { Note } from "@/components/ui/note";

interface Props {
  /** JSON schema of the form. */
  schema: Record<string, unknown>;
  /** What the other end proposes for fields, by path: `config.hostKey`. */
  proposal: Record<string, string> | undefined;
  values: Values;
  accept: (values: Values) => void;
}

/** What the other end said of itself, for a person to compare and accept as the value of a field. */
export function FieldProposals({ schema, proposal = {}, values, accept }: Props) {
  const labels = new Map(readSchemaFields(schema).map(({ name, label }) => [name, label]));
  return Object.entries(proposal).map(([path, value]) => {
    const name = path.replace(/^config\./, "");
    const label = (labels.get(name) ?? name).toLowerCase();
    if (values[name] === value) return null;
    return (
      <Note key={path} tone="warning" title={`The server shows this ${label}`}>
        <p className="num my-1 select-all text-ink [overflow-wrap:anywhere]">{value}</p>
        <Button size="sm" onClick={() => accept({ ...values, [name]: value })}>
          Accept this {label}
        </Button>
      </Note>
    );
  });
}
